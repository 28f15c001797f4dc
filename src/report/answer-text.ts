import type {Answer, AnswerCandidate} from '../cassette/diff/answer.js';
import {formatJson} from '../chat/json.js';

/** Everything that an answer says as one text, in which differences can be marked. */
export function answerText({candidates, values}: Answer): string {
  const said = candidates.map((candidate, index) =>
    candidates.length > 1 ? `candidate ${index + 1}\n${candidateText(candidate)}` : candidateText(candidate),
  );
  return [...said, ...values.map(value => formatJson(value))].filter(text => text !== '').join('\n\n');
}

function candidateText({text, reasoning, toolCalls}: AnswerCandidate): string {
  return [
    ...(reasoning === '' ? [] : [`(reasoning) ${reasoning}`]),
    ...(text === '' ? [] : [text]),
    ...toolCalls.map(call => `${call.name}(${call.arguments})`),
  ].join('\n\n');
}

/** Who gave an answer, when, how it ended and what it took. */
export function describeProvenance({provenance, candidates, usage}: Answer): string {
  const {recordedAt, model, engine, askedFor, editedAt} = provenance;
  const facts = [
    engine === undefined ? model : `${model} (${engine})`,
    `asked for as ${askedFor}`,
    describeTime(recordedAt),
    editedAt !== undefined && `edited by hand ${describeTime(editedAt)}`,
    candidates.map(({finish}) => finish.unified).join(', '),
    usage && `${usage.inputTokens} + ${usage.outputTokens} tokens`,
  ];
  return facts.filter(fact => fact).join(' · ');
}

/** A cassette that was tampered with may hold a number that is no time. */
function describeTime(milliseconds: number): string {
  const time = new Date(milliseconds);
  return Number.isNaN(time.getTime()) ? String(milliseconds) : time.toISOString().replace(/\.\d+Z$/, 'Z');
}
