import type {AnswerChunk, Usage} from '../../../chat/chunk.js';
import {isJsonObject, type JsonObject, type JsonValue} from '../../../chat/json.js';
import type {CallContext} from '../../../chat/model.js';
import type {EmbedInput, EmbedRequest} from '../../../chat/request.js';
import {RetakeError} from '../../../errors.js';
import {defined} from '../wire/defined.js';
import {encodeEmbedInput} from '../wire/encode-embed-input.js';
import {mergeExtras} from '../wire/merge-extras.js';
import {askForJson} from '../wire/request.js';
import type {Server} from './server.js';

/** Asks a server for vectors: for all that are wanted of one length at once. */
export async function* askEmbeddings(
  server: Server,
  request: EmbedRequest,
  {signal, media}: CallContext,
): AsyncGenerator<AnswerChunk> {
  const {connection, timeouts} = server;
  let input = 0;
  let inputTokens: number | undefined;
  for (const group of byLength(request.inputs)) {
    const body = encodeGroup(group, request, server, media?.pagesGiven);
    const path = `${connection.address.apiPath}/embeddings`;
    const answer = await askForJson(connection, {path, body, timeouts, signal});
    const wanted = group[0]?.dimensions;
    const whole = decodeVectors(answer, group.length);
    const vectors = server.description.isLlamaServer ? whole.map(vector => shorten(vector, wanted)) : whole;
    checkLength(vectors, wanted);
    if (input === 0) yield {type: 'reply-start', answeredBy: server.answeredBy(answer)};
    for (const values of vectors) yield {type: 'embedding', input: input++, values};
    const tokens = promptTokens(answer);
    inputTokens = tokens === undefined ? inputTokens : (inputTokens ?? 0) + tokens;
  }
  const usage: Usage | undefined = inputTokens === undefined ? undefined : {inputTokens, outputTokens: 0};
  yield {type: 'reply-end', finish: [{unified: 'stop', raw: 'stop'}], ...(usage && {usage})};
}

/** Neighbours that want the same length, in order. */
function byLength(inputs: readonly EmbedInput[]): readonly (readonly EmbedInput[])[] {
  const groups: EmbedInput[][] = [];
  for (const input of inputs) {
    const last = groups.at(-1);
    if (last && last[0]?.dimensions === input.dimensions) last.push(input);
    else groups.push([input]);
  }
  return groups;
}

const reserved = new Set(['input', 'model', 'encoding_format', 'dimensions']);

/** llama-server makes vectors of one length and says nothing when another is asked for: it is not asked, and they are cut here. */
function encodeGroup(
  group: readonly EmbedInput[],
  {model, extras}: EmbedRequest,
  {description}: Server,
  pagesGiven: 'images' | 'text' | 'both' | undefined,
): JsonObject {
  const body = defined({
    model: model ?? description.asksFor,
    input: group.map(input => encodeEmbedInput(input, pagesGiven)),
    encoding_format: 'float',
    dimensions: description.isLlamaServer ? undefined : group[0]?.dimensions,
  });
  return mergeExtras(body, extras, reserved);
}

/** @throws RetakeError `upstream_failed` unless there is a vector of numbers for each input */
function decodeVectors({data}: JsonObject, count: number): readonly (readonly number[])[] {
  if (!Array.isArray(data) || data.length !== count) throw noVectors(`expected ${count} of them`);
  const vectors = new Array<readonly number[] | undefined>(count);
  for (const [place, item] of data.entries()) {
    const {index = place, embedding} = isJsonObject(item) ? item : {};
    if (typeof index !== 'number' || !isVector(embedding)) throw noVectors('one is no list of numbers');
    vectors[index] = embedding;
  }
  const whole = vectors.filter(vector => vector !== undefined);
  if (whole.length !== count) throw noVectors(`expected ${count} of them, each with its own index`);
  return whole;
}

function isVector(value: JsonValue | undefined): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(item => typeof item === 'number' && Number.isFinite(item))
  );
}

function noVectors(problem: string): RetakeError {
  return new RetakeError('upstream_failed', `The upstream did not answer with vectors: ${problem}`);
}

/** The beginning of a vector that is longer than wanted, scaled to length 1 as llama-server's vectors are. */
function shorten(vector: readonly number[], wanted: number | undefined): readonly number[] {
  if (wanted === undefined || vector.length <= wanted) return vector;
  const beginning = vector.slice(0, wanted);
  const length = Math.hypot(...beginning) || 1;
  return beginning.map(value => value / length);
}

function checkLength(vectors: readonly (readonly number[])[], wanted: number | undefined): void {
  const length = vectors[0]?.length;
  if (wanted === undefined || wanted === length) return;
  throw new RetakeError(
    'invalid_request',
    `The model makes vectors of ${length} numbers, and cannot make one of ${wanted}`,
    {hint: `Ask for at most ${length} dimensions, or for none.`},
  );
}

function promptTokens({usage}: JsonObject): number | undefined {
  const tokens = isJsonObject(usage) ? usage['prompt_tokens'] : undefined;
  return typeof tokens === 'number' ? tokens : undefined;
}
