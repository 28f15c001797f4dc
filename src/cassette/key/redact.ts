import type {AnswerChunk} from '../../chat/chunk.js';
import type {JsonValue} from '../../chat/json.js';
import type {Take, TimedChunk} from '../take.js';
import type {RedactRule} from './key-settings.js';
import {mapStrings} from './map-strings.js';

/**
 * Secrets that are never written to a cassette, in any configuration. They are part of the key scheme: another list is another scheme.
 * Patterns follow the issuers' documentation.
 */
export const builtInRedactRules: readonly RedactRule[] = [
  {
    name: 'private-key',
    pattern: '-----BEGIN [A-Z ]*PRIVATE KEY-----[\\s\\S]*?-----END [A-Z ]*PRIVATE KEY-----',
  },
  {name: 'jwt', pattern: '\\beyJ[\\w-]{8,}\\.eyJ[\\w-]{8,}\\.[\\w-]{8,}'},
  {name: 'api-key', pattern: '\\b(?:sk|pk|rk)-(?:proj-|svcacct-|admin-|ant-|or-|live-|test-)?[\\w-]{20,}'},
  {name: 'stripe-key', pattern: '\\b[spr]k_(?:live|test)_[A-Za-z0-9]{16,}'},
  {name: 'google-api-key', pattern: '\\bAIza[\\w-]{35}'},
  {name: 'google-oauth-token', pattern: '\\bya29\\.[\\w-]{20,}'},
  {name: 'github-token', pattern: '\\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\\w{22,})'},
  {name: 'gitlab-token', pattern: '\\bglpat-[\\w-]{20,}'},
  {name: 'hugging-face-token', pattern: '\\bhf_[A-Za-z0-9]{30,}'},
  {name: 'aws-access-key', pattern: '\\b(?:AKIA|ASIA)[0-9A-Z]{16}\\b'},
  {name: 'slack-token', pattern: '\\bxox[abeoprs]-[A-Za-z0-9-]{10,}'},
  {name: 'bearer-token', pattern: '(?<=\\b[Bb]earer )[\\w.~+/-]{20,}=*'},
];

/** Replaces the secrets of one request and of its answer; the same secret gets the same placeholder in both. */
export type Redaction = {
  redactValue(value: JsonValue): JsonValue;
  redactChunks(chunks: Take['chunks']): Take['chunks'];
};

/** The built-in rules and further ones, each with its expression. */
export function compileRedactRules(rules: readonly RedactRule[]): readonly CompiledRule[] {
  return [...builtInRedactRules, ...rules].map(({name, pattern}) => ({
    name,
    expression: new RegExp(pattern, 'gu'),
  }));
}

export type CompiledRule = {readonly name: string; readonly expression: RegExp};

/** Prepares the rules once; each request then gets a redaction of its own, so that numbering starts at 1. */
export function createRedactor(rules: readonly RedactRule[]): () => Redaction {
  return prepareRedactor(compileRedactRules(rules));
}

function prepareRedactor(compiled: readonly CompiledRule[]): () => Redaction {
  return () => {
    const placeholders = createPlaceholders(new Map());
    const redactText = (text: string) =>
      compiled.reduce(
        (current, {name, expression}) =>
          current.replace(expression, secret => (secret === '' ? '' : placeholders(name, secret))),
        text,
      );
    return {
      redactValue: value => mapStrings(value, redactText),
      redactChunks: chunks => redactDeltas(chunks, redactText),
    };
  };
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
 * is found the deltas stay; otherwise the redacted text goes into the first delta, without log probabilities, which spell the secret.
 */
export function redactDeltas(chunks: Take['chunks'], redactText: (text: string) => string): Take['chunks'] {
  const texts = new Map<string, string>();
  for (const {chunk} of chunks) {
    if (isDelta(chunk)) texts.set(streamOf(chunk), (texts.get(streamOf(chunk)) ?? '') + chunk.text);
  }
  const redacted = new Map<string, string>();
  for (const [stream, text] of texts) {
    const safe = redactText(text);
    if (safe !== text) redacted.set(stream, safe);
  }
  if (redacted.size === 0) return chunks;
  const begun = new Set<string>();
  const rewrite = ({at, chunk}: TimedChunk): TimedChunk[] => {
    const text = isDelta(chunk) ? redacted.get(streamOf(chunk)) : undefined;
    if (!isDelta(chunk) || text === undefined) return [{at, chunk}];
    if (begun.has(streamOf(chunk))) return [];
    begun.add(streamOf(chunk));
    return [{at, chunk: withText(chunk, text)}];
  };
  const [start, ...others] = chunks;
  return [start, ...others.flatMap(rewrite)];
}

type Delta = Extract<AnswerChunk, {type: 'text-delta' | 'reasoning-delta' | 'tool-call-delta'}>;

function isDelta(chunk: AnswerChunk): chunk is Delta {
  return chunk.type === 'text-delta' || chunk.type === 'reasoning-delta' || chunk.type === 'tool-call-delta';
}

function streamOf(delta: Delta): string {
  const call = delta.type === 'tool-call-delta' ? `:${delta.call}` : '';
  return `${delta.type}:${delta.candidate}${call}`;
}

function withText(delta: Delta, text: string): Delta {
  if (delta.type === 'tool-call-delta') return {...delta, text};
  return {type: delta.type, candidate: delta.candidate, text};
}
