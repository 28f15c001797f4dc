import {type Static, Type} from '@sinclair/typebox';
import type {AnswerChunk} from '../../chat/chunk.js';
import type {JsonObject} from '../../chat/json.js';
import {schemaCheck} from '../../chat/schema-check.js';
import {canonicalJson, isSameJson} from '../key/key.js';
import type {ReadChunksOptions, TimedChunk} from '../take.js';
import {findGrammarProblem} from './chunk-grammar.js';
import {AnswerChunkSchema} from './chunk-schema.js';
import {readLogprobs, StoredLogprobs, storeLogprobs} from './stored-logprobs.js';

/**
 * The chunks of a take as they are stored: a JSON list of entries. `[at, chunk]` is one chunk. Consecutive deltas that differ only in
 * their text are one entry `[pieces, chunk]`: the chunk has the whole text, so that it can be read and searched, and each piece is `[at,
 * length]`, followed by the logprobs of its tokens. A chunk type that {@link textMembers} does not list needs nothing here.
 */
const StoredEntry = Type.Tuple([
  Type.Union([
    Type.Integer(),
    Type.Array(
      Type.Union([
        Type.Tuple([Type.Integer(), Type.Integer({minimum: 0})]),
        Type.Tuple([Type.Integer(), Type.Integer({minimum: 0}), StoredLogprobs]),
      ]),
      {minItems: 1},
    ),
  ]),
  Type.Record(Type.String(), Type.Unknown()),
]);
type StoredEntry = Static<typeof StoredEntry>;
type Piece = Exclude<StoredEntry[0], number>[number];

/** The text member of chunks that are sent in small pieces. */
const textMembers: {readonly [kind in AnswerChunk['type']]?: string} = {
  'text-delta': 'text',
  'reasoning-delta': 'text',
  'tool-call-delta': 'text',
};

/** The stored text of chunks; the same chunks give the same text. */
export function storeChunks(chunks: readonly TimedChunk[]): string {
  const entries: {at: number | Piece[]; envelope: JsonObject; chunk: JsonObject}[] = [];
  for (const {at, chunk} of chunks) {
    const member = textMembers[chunk.type];
    if (member === undefined) {
      entries.push({at, envelope: {}, chunk: {...chunk}});
      continue;
    }
    const {[member]: text, logprobs: _logprobs, ...shared} = {...chunk} as JsonObject;
    const piece = pieceOf(at, String(text), chunk);
    const previous = entries.at(-1);
    if (previous && typeof previous.at !== 'number' && isSameJson(previous.envelope, shared)) {
      previous.at.push(piece);
      previous.chunk = {...shared, [member]: `${previous.chunk[member]}${text}`};
    } else {
      entries.push({at: [piece], envelope: shared, chunk: {...shared, [member]: String(text)}});
    }
  }
  return canonicalJson(entries.map(({at, chunk}) => [at, chunk]));
}

/** Whether stored chunks have a refusal. In a text of the model, the quotes would be escaped. */
export function hasRefusal(text: string): boolean {
  return text.includes('"refusal":true');
}

function pieceOf(at: number, text: string, chunk: AnswerChunk): Piece {
  return 'logprobs' in chunk && chunk.logprobs
    ? [at, text.length, storeLogprobs(chunk.logprobs)]
    : [at, text.length];
}

const checks = {
  entries: schemaCheck(Type.Array(StoredEntry)),
  chunks: schemaCheck(Type.Array(AnswerChunkSchema)),
};

/**
 * The content of stored chunks without times and boundaries: equal for equal answers. Undefined if that cannot be read off the text alone,
 * because pieces have more than lengths, or it is damaged.
 */
export function storedContent(text: string): string | undefined {
  const entries = parseOrNothing(text);
  if (!checks.entries.Check(entries)) return undefined;
  const hasMore = entries.some(([at]) => typeof at !== 'number' && at.some(piece => piece.length > 2));
  if (hasMore) return undefined;
  const content = entries.map(([, chunk]) => chunk).filter(chunk => chunk['type'] !== 'reply-start');
  return JSON.stringify(content);
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Reading it as an answer reports the defect.
    return undefined;
  }
}

/**
 * The chunks of a stored text.
 * @throws Error that says what is wrong with the text.
 */
export function readChunks(
  text: string,
  {joined = false}: ReadChunksOptions = {},
): readonly [TimedChunk, ...TimedChunk[]] {
  const read = joined ? joinRun : splitRun;
  const entries: unknown = JSON.parse(text);
  if (!checks.entries.Check(entries)) throw new Error('the list of chunks does not match the schema');
  const times: number[] = [];
  const chunks: unknown[] = [];
  for (const [at, chunk] of entries) {
    for (const single of typeof at === 'number' ? [{at, chunk}] : read(at, chunk)) {
      times.push(single.at);
      chunks.push(single.chunk);
    }
  }
  if (!checks.chunks.Check(chunks)) {
    const first = checks.chunks.Errors(chunks).First();
    throw new Error(`a chunk does not match the schema: ${first?.path ?? ''} ${first?.message ?? ''}`);
  }
  const problem = findGrammarProblem(chunks);
  if (problem) throw new Error(problem);
  const [first, ...rest] = chunks.map((chunk, index) => ({at: times[index] ?? 0, chunk}));
  if (!first) throw new Error('the list of chunks is empty');
  return [first, ...rest];
}

type ReadEntry = {at: number; chunk: unknown};

function splitRun(pieces: readonly Piece[], chunk: Record<string, unknown>): ReadEntry[] {
  const {member, text} = textOfRun(pieces, chunk);
  let end = 0;
  return pieces.map(([at, length, logprobs]) => {
    const start = end;
    end += length;
    const part = {...chunk, [member]: text.slice(start, end)};
    return {at, chunk: logprobs ? {...part, logprobs: readLogprobs(logprobs)} : part};
  });
}

function joinRun(pieces: readonly Piece[], chunk: Record<string, unknown>): ReadEntry[] {
  textOfRun(pieces, chunk);
  const [[at] = [0]] = pieces;
  if (!pieces.some(([, , logprobs]) => logprobs)) return [{at, chunk}];
  const logprobs = pieces.flatMap(([, , stored]) => (stored ? readLogprobs(stored) : []));
  return [{at, chunk: {...chunk, logprobs}}];
}

function textOfRun(
  pieces: readonly Piece[],
  chunk: Record<string, unknown>,
): {readonly member: string; readonly text: string} {
  const member = textMembers[chunk['type'] as AnswerChunk['type']];
  const text = member === undefined ? undefined : chunk[member];
  if (member === undefined || typeof text !== 'string') throw new Error('a chunk without text has pieces');
  const length = pieces.reduce((sum, [, piece]) => sum + piece, 0);
  if (length !== text.length) {
    throw new Error(`a text of ${text.length} characters has pieces for ${length}`);
  }
  return {member, text};
}
