import type {AnswerChunk} from '../../chat/chunk.js';
import type {JsonValue} from '../../chat/json.js';
import {omitUndefined} from '../../chat/omit-undefined.js';
import {utf8Text, wireBody} from '../../chat/wire.js';
import type {Take, TakeAnswer, TimedChunk} from '../take.js';
import {runBounded} from './bounded-patterns.js';
import {type CompiledRule, compileRedactRule, compileSecretRule, replaceMatches} from './compiled-rule.js';
import type {RedactRule} from './key-settings.js';
import {mapStrings} from './map-strings.js';
import {redactWire} from './redact-wire.js';
import type {SecretFreeTexts} from './secret-free-texts.js';
import {hasSecret, secretRules} from './secret-rules.js';

/** Replaces the secrets of one request and of its answer; the same secret gets the same placeholder in both. */
export type Redaction = {
  redactValue(value: JsonValue): JsonValue;
  redactAnswer(answer: TakeAnswer): TakeAnswer;
};

/** The built-in rules and further ones. */
export function compileRedactRules(rules: readonly RedactRule[]): readonly CompiledRule[] {
  return [...secretRules.map(compileSecretRule), ...rules.map(compileRedactRule)];
}

/** Prepares the rules once; each request then gets a redaction of its own, so that numbering starts at 1. */
export function createRedactor(rules: readonly RedactRule[], known?: SecretFreeTexts): () => Redaction {
  const builtIn = secretRules.map(compileSecretRule);
  const further = rules.map(compileRedactRule);
  return () => {
    const placeholders = createPlaceholders(new Map());
    const redactWith = (compiled: readonly CompiledRule[], text: string, begin?: (rule: string) => void) =>
      compiled.reduce((current, rule) => {
        begin?.(rule.name);
        return replaceMatches(current, rule.matches(current), secret => placeholders(rule.name, secret));
      }, text);
    const redactBuiltIn = (text: string) =>
      known?.has(text) || !hasSecret(text) ? text : redactWith(builtIn, text);
    const bounded = <Result>(value: JsonValue, work: (redactText: (text: string) => string) => Result) =>
      further.length === 0
        ? work(redactBuiltIn)
        : runBounded(value, begin => work(text => redactWith(further, redactBuiltIn(text), begin)));
    return {
      redactValue: value => bounded(value, redactText => mapStrings(value, redactText)),
      redactAnswer: answer => bounded(textsOf(answer), redactText => redactTake(answer, redactText)),
    };
  };
}

/** The texts of an answer. */
export function textsOf({chunks, wire, error}: TakeAnswer): readonly string[] {
  const texts = chunks.flatMap(({chunk}) => (isDelta(chunk) ? [chunk.text] : []));
  const body = wire && utf8Text(wireBody(wire));
  return [...texts, ...(body === undefined ? [] : [body]), ...(error ? [error.message] : [])];
}

/** Redacts an answer: its chunks, and a provider's bytes. */
export function redactTake(answer: TakeAnswer, redactText: (text: string) => string): TakeAnswer {
  const chunks = redactDeltas(answer.chunks, redactText);
  const wire = redactWire(answer, chunks, redactText);
  const error = answer.error && {...answer.error, message: redactText(answer.error.message)};
  return omitUndefined({chunks, wire, error});
}

/** Replaces each secret of a rule by a placeholder with the next number, and equal secrets by the same one. */
export function createPlaceholders(counts: Map<string, number>): (name: string, secret: string) => string {
  const known = new Map<string, string>();
  return (name, secret) => {
    const id = `${name}:${secret}`;
    const count = (counts.get(name) ?? 0) + 1;
    const placeholder = known.get(id) ?? `<redacted:${name}:${count}>`;
    if (!known.has(id)) counts.set(name, count);
    known.set(id, placeholder);
    return placeholder;
  };
}

/**
 * Redacts each candidate's whole text, and the whole arguments of each call, because a secret may be split over several deltas. If nothing
 * is found the deltas stay; otherwise the redacted text goes into the first delta, without log probabilities, which spell the secret. Text
 * that goes on after a call stays there, unless the secret began before it.
 */
export function redactDeltas(chunks: Take['chunks'], redactText: (text: string) => string): Take['chunks'] {
  const runs = runsOf(chunks);
  const texts = new Map<string, string>();
  const inRuns = new Map<string, Map<string, string>>();
  for (const [index, {chunk}] of chunks.entries()) {
    if (!isDelta(chunk)) continue;
    const stream = streamOf(chunk);
    const run = runs[index] ?? stream;
    const ofStream = inRuns.get(stream) ?? new Map<string, string>();
    inRuns.set(stream, ofStream.set(run, (ofStream.get(run) ?? '') + chunk.text));
    texts.set(stream, (texts.get(stream) ?? '') + chunk.text);
  }
  const redacted = new Map<string, string>();
  for (const [stream, text] of texts) {
    const safe = redactText(text);
    if (safe === text) continue;
    const parts = [...(inRuns.get(stream) ?? [])];
    const safeParts = parts.length > 1 ? parts.map(([, part]) => redactText(part)) : [safe];
    const isWithin = safeParts.join('') === safe;
    for (const [index, [run]] of parts.entries())
      redacted.set(run, isWithin ? (safeParts[index] ?? '') : index === 0 ? safe : '');
  }
  if (redacted.size === 0) return chunks;
  const begun = new Set<string>();
  const rewrite = ({at, chunk}: TimedChunk, index: number): TimedChunk[] => {
    const run = runs[index + 1] ?? '';
    const text = redacted.get(run);
    if (!isDelta(chunk) || text === undefined) return [{at, chunk}];
    if (begun.has(run)) return [];
    begun.add(run);
    return text === '' ? [] : [{at, chunk: withText(chunk, text)}];
  };
  const [start, ...others] = chunks;
  return [start, ...others.flatMap(rewrite)];
}

/** Of each delta, the part of its candidate that it belongs to: a part ends where another begins. */
function runsOf(chunks: Take['chunks']): readonly (string | undefined)[] {
  const current = new Map<number, {readonly stream: string; readonly number: number}>();
  return chunks.map(({chunk}) => {
    if (!('candidate' in chunk)) return undefined;
    if (chunk.type === 'tool-call-delta') return streamOf(chunk);
    const {stream: before, number = 0} = current.get(chunk.candidate) ?? {};
    const stream = chunk.type === 'tool-call-start' ? '' : streamOf(chunk);
    const next = {stream, number: stream === before ? number : number + 1};
    current.set(chunk.candidate, next);
    return isDelta(chunk) ? `${stream}:${next.number}` : undefined;
  });
}

type Delta = Extract<AnswerChunk, {type: 'text-delta' | 'reasoning-delta' | 'tool-call-delta'}>;

function isDelta(chunk: AnswerChunk): chunk is Delta {
  return chunk.type === 'text-delta' || chunk.type === 'reasoning-delta' || chunk.type === 'tool-call-delta';
}

function streamOf(delta: Delta): string {
  const call = delta.type === 'tool-call-delta' ? `:${delta.call}` : '';
  const refusal = delta.type === 'text-delta' && delta.refusal ? ':refusal' : '';
  return `${delta.type}:${delta.candidate}${call}${refusal}`;
}

function withText(delta: Delta, text: string): Delta {
  if (delta.type === 'tool-call-delta') return {...delta, text};
  const {type, candidate} = delta;
  const refusal = delta.type === 'text-delta' ? delta.refusal : undefined;
  return omitUndefined({type, candidate, text, refusal});
}
