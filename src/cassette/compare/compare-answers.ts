import type {JsonValue} from '../../chat/json.js';
import type {Candidate, ToolCall} from '../../chat/reply.js';
import {isSameJson} from '../key/key.js';
import {comparedRaw, isEmpty, type RecordedAnswer} from './answer.js';
import type {Finding, FindingVerdict} from './change-verdict.js';
import {compareUsage, type TokenTolerance} from './compare-usage.js';
import {cosineSimilarity} from './cosine-similarity.js';
import {changesShape, type JsonDifference, jsonDifferences, typeOf} from './json-differences.js';
import {findLookAlike, looksEqual} from './look-alike.js';
import {sequenceDifferences} from './sequence-differences.js';
import {showPair, showTexts} from './show-pair.js';
import {readStructuredText} from './structured-text.js';
import {show} from './value-differences.js';

export type Tolerance = {
  readonly tokens: TokenTolerance;
  /** The cosine similarity from which two embeddings are the same. */
  readonly sameEmbedding?: number | undefined;
};

/** Every difference between two answers, except how they were cut into chunks and which model gave them. */
export function compareAnswers(
  before: RecordedAnswer,
  after: RecordedAnswer,
  {tokens, sameEmbedding}: Tolerance,
): readonly Finding[] {
  const failure = compareFailure(before, after);
  // An error has nothing that could be compared with an answer.
  if (failure.length > 0 && (before.error || after.error)) return failure;
  return [
    ...failure,
    ...compareCandidates(before.candidates, after.candidates),
    ...compareRaw(before, after),
    ...compareEmbeddings(before.embeddings, after.embeddings, sameEmbedding),
    ...compareTokenCounts(before.tokens, after.tokens),
    ...compareUsage(before.usage, after.usage, tokens),
  ];
}

function compareFailure(before: RecordedAnswer, after: RecordedAnswer): Finding[] {
  const [status, otherStatus] = [before.error?.status, after.error?.status];
  if (status !== undefined && otherStatus !== undefined && status !== otherStatus)
    return [finding('error', `was the error HTTP ${status}, now HTTP ${otherStatus}`)];
  const [was, is] = [kindOf(before), kindOf(after)];
  return was === is ? [] : [finding('error', `was ${was}, now ${is}`)];
}

function kindOf(answer: RecordedAnswer): string {
  if (answer.error) return `the error HTTP ${answer.error.status}`;
  if (answer.candidates.some(({finish}) => finish.raw === 'error')) return 'an error';
  return isEmpty(answer) ? 'an empty answer' : 'an answer';
}

function compareCandidates(before: readonly Candidate[], after: readonly Candidate[]): Finding[] {
  if (before.length !== after.length) {
    return [finding('shape', `candidates: ${before.length}, now ${after.length}`)];
  }
  return before.flatMap((candidate, index) => {
    const other = after[index];
    if (!other) return [];
    const place = before.length > 1 ? `candidate ${index + 1}: ` : '';
    return compareCandidate(candidate, other).map(({verdict, sentence}) => ({
      verdict,
      sentence: place + sentence,
    }));
  });
}

function compareCandidate(before: Candidate, after: Candidate): Finding[] {
  return [
    ...compareFinish(before, after),
    ...compareToolCalls(before.toolCalls, after.toolCalls),
    ...compareTexts(before.text, after.text),
    ...compareWords('refusal', before.refusal, after.refusal),
    ...compareWords('reasoning', before.reasoning, after.reasoning),
    ...compareOrder(before, after),
    ...compareLogprobs(before, after),
  ];
}

function compareFinish(
  {finish: before, toolCalls: calls}: Candidate,
  {finish: after, toolCalls: otherCalls}: Candidate,
): Finding[] {
  // Whether an answer stops to call a tool shows in its calls.
  const followsCalls = calls.length > 0 !== otherCalls.length > 0;
  if (followsCalls && isRegularEnd(before) && isRegularEnd(after)) return [];
  if (before.unified !== after.unified) {
    const meaning = endings[after.unified];
    return [finding('finish', `ended with ${before.unified}, now with ${after.unified}${meaning}`)];
  }
  if (before.raw !== after.raw) {
    return [finding('finish', `ended with ${show(before.raw)}, now with ${show(after.raw)}`)];
  }
  return before.stopSequence === after.stopSequence
    ? []
    : [finding('finish', `stopped at ${show(before.stopSequence)}, now at ${show(after.stopSequence)}`)];
}

function isRegularEnd({unified}: Candidate['finish']): boolean {
  return unified === 'stop' || unified === 'tool-calls';
}

const endings = {
  stop: '',
  length: ': it is cut off',
  'content-filter': ': it is refused',
  'tool-calls': '',
  'malformed-tool-call': ': its call cannot be read',
  other: '',
} as const satisfies Record<Candidate['finish']['unified'], string>;

function compareToolCalls(before: readonly ToolCall[], after: readonly ToolCall[]): Finding[] {
  const [names, otherNames] = [before, after].map(calls => calls.map(({name}) => name));
  if (!isSameJson(names, otherNames)) {
    return [finding('tool-call', `called ${listNames(names)}, now ${listNames(otherNames)}`)];
  }
  return before.flatMap((call, index) => {
    const other = after[index];
    if (!other || call.arguments === other.arguments) return [];
    const place = `call ${index + 1}, ${call.name}`;
    const [value, otherValue] = [readStructuredText(call.arguments), readStructuredText(other.arguments)];
    if (!value || !otherValue) return [finding('tool-call', `${place}: other arguments, which are not JSON`)];
    const differences = jsonDifferences(value.value, otherValue.value);
    return differences.length === 0
      ? [finding('text', `${place}: only the order or the spacing of the arguments differs`)]
      : listDifferences('tool-call', differences, `${place}: `);
  });
}

function listNames(names: readonly string[] | undefined): string {
  return names && names.length > 0 ? names.join(', ') : 'no tool';
}

function compareRaw(before: RecordedAnswer, after: RecordedAnswer): Finding[] {
  if (before.raw === after.raw) return [];
  return compareTexts(comparedRaw(before) ?? '', comparedRaw(after) ?? '');
}

function compareTexts(before: string, after: string): Finding[] {
  if (before === after) return [];
  if (before === '' || after === '') {
    return [
      finding(
        'shape',
        before === '' ? 'there was no text, now there is' : 'there was text, now there is none',
      ),
    ];
  }
  const [structured, other] = [readStructuredText(before), readStructuredText(after)];
  if (!structured && !other) {
    return [finding('text', describeTexts(before, after)), ...findHiddenChange(before, after)];
  }
  if (!structured || !other) {
    return [finding('shape', structured ? 'it was JSON, now it is text' : 'it was text, now it is JSON')];
  }
  const fence = structured.isFenced === other.isFenced ? [] : [fenceFinding(other.isFenced)];
  const members = compareJson(structured.value, other.value);
  const findings = [...fence, ...members];
  return findings.length > 0
    ? findings
    : [finding('text', 'only the order or the spacing of the JSON differs')];
}

function describeTexts(before: string, after: string): string {
  const alike = findLookAlike(before, after);
  const points = alike ? `: was ${alike.before}, now ${alike.after}` : '';
  if (withoutSpace(before) === withoutSpace(after)) return `only white space differs${points}`;
  return looksEqual(before, after) ? `the text looks the same${points}` : 'the text changed';
}

/** Among changes that a reader sees, the first one that looks like none. */
function findHiddenChange(before: string, after: string): Finding[] {
  if (looksEqual(before, after) || !/[^\n\x20-\x7e]/.test(before + after)) return [];
  const runs = sequenceDifferences(wordsOf(before), wordsOf(after));
  for (const [index, {kind, items}] of runs.entries()) {
    const next = runs[index + 1];
    if (kind !== 'removed' || next?.kind !== 'added') continue;
    const pairs =
      items.length === next.items.length
        ? items.map((word, at) => [word, next.items[at] ?? ''] as const)
        : [];
    const found = [...pairs, [items.join(' '), next.items.join(' ')] as const].find(pair =>
      looksEqual(...pair),
    );
    if (!found) continue;
    const [was, now] = showTexts(...found);
    return [finding('text', `what looks the same differs: was ${was}, now ${now}`)];
  }
  return [];
}

function wordsOf(text: string): readonly string[] {
  return text.split(/[ \n]+/);
}

function fenceFinding(isFenced: boolean): Finding {
  return finding(
    'shape',
    isFenced ? 'the JSON is now in a code fence' : 'the JSON is no longer in a code fence',
  );
}

function compareWords(what: 'reasoning' | 'refusal', before = '', after = ''): Finding[] {
  if (before === after) return [];
  if (before === '') return [finding('shape', `there was no ${what}, now there is`)];
  if (after === '')
    return [finding('shape', `there was ${what === 'refusal' ? 'a refusal' : what}, now there is none`)];
  return [finding('text', `the ${what} changed`)];
}

/** Whether the same content comes in another order: clients of most APIs see that. */
function compareOrder(before: Candidate, after: Candidate): Finding[] {
  const [content, other] = [before, after].map(({text, refusal = '', reasoning, toolCalls}) =>
    JSON.stringify([text, refusal, reasoning, toolCalls]),
  );
  const [order, otherOrder] = [before, after].map(orderIn);
  if (content !== other || isSameJson(order ?? [], otherOrder ?? [])) return [];
  const listed = (parts: ReturnType<typeof orderIn> = []) => parts.map(({type}) => type).join(', ');
  return [finding('shape', `told in the order ${listed(order)}, now ${listed(otherOrder)}`)];
}

function orderIn({parts}: Candidate): readonly {readonly type: string; readonly said: string}[] {
  return parts
    .map(part => ({type: part.type, said: part.type === 'call' ? String(part.call) : part.text}))
    .filter(({said}) => said !== '');
}

function compareLogprobs(before: Candidate, after: Candidate): Finding[] {
  const [mine, theirs] = [before, after].map(({logprobs, refusalLogprobs}) =>
    JSON.stringify([logprobs, refusalLogprobs]),
  );
  return mine === theirs ? [] : [finding('tokens', 'the log probabilities differ')];
}

type Embeddings = NonNullable<RecordedAnswer['embeddings']>;

function compareEmbeddings(
  before: Embeddings = [],
  after: Embeddings = [],
  same: number | undefined = undefined,
): Finding[] {
  if (before.length !== after.length) {
    return [finding('shape', `embeddings: ${before.length}, now ${after.length}`)];
  }
  return before.flatMap((vector, index) => {
    const other = after[index] ?? [];
    const place = `embedding ${index + 1}`;
    if (vector.length !== other.length) {
      return [finding('shape', `${place}: ${vector.length} numbers, now ${other.length}`)];
    }
    const different = vector.filter((number, position) => number !== other[position]).length;
    if (different === 0) return [];
    if (same !== undefined) {
      const similarity = cosineSimilarity(vector, other);
      return similarity >= same
        ? []
        : [finding('text', `${place}: the cosine similarity is ${similarity.toFixed(4)}`)];
    }
    return [finding('text', `${place}: ${different} of ${vector.length} numbers differ`)];
  });
}

function compareTokenCounts(before: number | undefined, after: number | undefined): Finding[] {
  return before === after ? [] : [finding('text', `counted ${show(before)} tokens, now ${show(after)}`)];
}

/** Single differences of two JSON values that are listed; the rest is counted. */
const listedDifferences = 20;

function compareJson(before: JsonValue, after: JsonValue): Finding[] {
  const differences = jsonDifferences(before, after);
  const shapes = differences.filter(changesShape);
  const others = differences.filter(difference => !changesShape(difference));
  return [...listDifferences('shape', shapes), ...listDifferences('text', others)];
}

function listDifferences(
  verdict: FindingVerdict,
  differences: readonly JsonDifference[],
  place = '',
): Finding[] {
  const listed = differences
    .slice(0, listedDifferences)
    .map(difference => finding(verdict, place + describeDifference(difference)));
  const rest = differences.length - listed.length;
  return rest > 0 ? [...listed, finding(verdict, `${place}${rest} more places differ`)] : listed;
}

function describeDifference(difference: JsonDifference): string {
  const {pointer, before, after} = difference;
  const place = pointer === '' ? 'the value' : pointer;
  if (before === undefined) return `${place} is new: ${show(after)}`;
  if (after === undefined) return `${place} is gone: it was ${show(before)}`;
  const [was, now] = showPair(before, after);
  return changesShape(difference)
    ? `${place}: was ${typeOf(before)} ${was}, now ${typeOf(after)} ${now}`
    : `${place}: was ${was}, now ${now}`;
}

function withoutSpace(text: string): string {
  return text.replaceAll(/\s+/g, '');
}

function finding(verdict: FindingVerdict, sentence: string): Finding {
  return {verdict, sentence};
}
