import {comparedRaw, type RecordedAnswer} from '../cassette/compare/answer.js';
import type {Candidate} from '../chat/reply.js';

/** An answer as one text, in which differences can be marked. */
export function answerText({candidates, embeddings = [], tokens, raw}: RecordedAnswer): string {
  if (raw !== undefined) return raw;
  const said = candidates.map((candidate, index) =>
    candidates.length > 1 ? `candidate ${index + 1}\n${candidateText(candidate)}` : candidateText(candidate),
  );
  const vectors = embeddings.map((vector, index) => `vector ${index + 1}: ${describeVector(vector)}`);
  return [...said, ...vectors, ...(tokens === undefined ? [] : [`${tokens} tokens`])]
    .filter(text => text !== '')
    .join('\n\n');
}

/** The texts of an answer before and after, in which everything that differs is a change. */
export function comparedTexts(before: RecordedAnswer, after: RecordedAnswer): readonly [string, string] {
  if (before.raw === after.raw) return [answerText(before), answerText(after)];
  const textOf = (answer: RecordedAnswer) => comparedRaw(answer) ?? answerText(answer);
  return [textOf(before), textOf(after)];
}

/** The first numbers are enough to tell embeddings apart. */
function describeVector(vector: readonly number[]): string {
  const first = vector.slice(0, 4).join(', ');
  return vector.length > 4 ? `[${first}, …], ${vector.length} numbers` : `[${first}]`;
}

function candidateText({parts, toolCalls}: Candidate): string {
  return parts.map(part => partText(part, toolCalls)).join('\n\n');
}

function partText(part: Candidate['parts'][number], calls: Candidate['toolCalls']): string {
  switch (part.type) {
    case 'reasoning':
      return `(reasoning) ${part.text}`;
    case 'text':
      return part.text;
    case 'refusal':
      return `Refusal: ${part.text}`;
    case 'call': {
      const call = calls[part.call];
      return call ? `${call.name}(${call.arguments})` : '';
    }
  }
}

/** The model and time of an answer, its finish reason and token usage. */
export function describeProvenance({provenance, candidates, usage, error}: RecordedAnswer): string {
  const {recordedAt, model, engine, askedFor, editedAt} = provenance;
  const facts = [
    engine === undefined ? model : `${model} (${engine})`,
    askedFor !== '' && `asked for as ${askedFor}`,
    describeTime(recordedAt),
    editedAt !== undefined && `edited by hand ${describeTime(editedAt)}`,
    error ? 'error' : candidates.map(({finish}) => finish.unified).join(', '),
    usage && `${usage.inputTokens} + ${usage.outputTokens} tokens`,
  ];
  return facts.filter(fact => fact).join(' · ');
}

/** A manipulated cassette can contain a number that is not a time. */
function describeTime(milliseconds: number): string {
  const time = new Date(milliseconds);
  return Number.isNaN(time.getTime()) ? String(milliseconds) : time.toISOString().replace(/\.\d+Z$/, 'Z');
}
