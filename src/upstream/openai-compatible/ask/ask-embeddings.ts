import type {AnswerChunk, Usage} from '../../../chat/chunk.js';
import {isJsonObject, type JsonObject, type JsonValue} from '../../../chat/json.js';
import type {CallContext} from '../../../chat/model.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {EmbedInput, EmbedRequest} from '../../../chat/request.js';
import {RetakeError} from '../../../errors.js';
import {encodeEmbedInput} from '../wire/encode-embed-input.js';
import {mergeExtras} from '../wire/merge-extras.js';
import {requestJson} from '../wire/request.js';
import type {Server} from './server.js';

/** Requests embeddings, with one request for each run of inputs that want the same number of dimensions. */
export async function* askEmbeddings(
  server: Server,
  request: EmbedRequest,
  {signal, media, warn}: CallContext,
): AsyncGenerator<AnswerChunk> {
  const {connection, timeouts} = server;
  let input = 0;
  let inputTokens: number | undefined;
  for (const group of byDimensions(request.inputs)) {
    const body = encodeGroup(group, request, server, media?.pagesGiven);
    const path = `${connection.address.apiPath}/embeddings`;
    const answer = await requestJson(connection, {path, body, timeouts, signal});
    const dimensions = group[0]?.dimensions;
    const decoded = decodeEmbeddings(answer, group.length);
    const given = server.description.isLlamaServer
      ? decoded.map(embedding => shorten(embedding, dimensions))
      : decoded;
    const embeddings = given.map(embedding => pad(embedding, dimensions));
    checkDimensions(embeddings, dimensions);
    const own = given[0]?.length;
    if (own !== undefined && dimensions !== undefined && own < dimensions)
      warn?.(`The model's embeddings have ${own} dimensions; zeros fill them up to ${dimensions}.`);
    if (input === 0) yield {type: 'reply-start', answeredBy: server.answeredBy(answer)};
    for (const values of embeddings) yield {type: 'embedding', input: input++, values};
    const tokens = promptTokens(answer);
    inputTokens = tokens === undefined ? inputTokens : (inputTokens ?? 0) + tokens;
  }
  const usage: Usage | undefined = inputTokens === undefined ? undefined : {inputTokens, outputTokens: 0};
  yield omitUndefined({type: 'reply-end', finish: [{unified: 'stop', raw: 'stop'}], usage});
}

/** Groups consecutive inputs that want the same number of dimensions. */
function byDimensions(inputs: readonly EmbedInput[]): readonly (readonly EmbedInput[])[] {
  const groups: EmbedInput[][] = [];
  for (const input of inputs) {
    const last = groups.at(-1);
    if (last && last[0]?.dimensions === input.dimensions) last.push(input);
    else groups.push([input]);
  }
  return groups;
}

const reserved = new Set(['input', 'model', 'encoding_format', 'dimensions']);

/** llama-server ignores `dimensions`: the field is not sent, and the embeddings are shortened here. */
function encodeGroup(
  group: readonly EmbedInput[],
  {model, extras}: EmbedRequest,
  {description}: Server,
  pagesGiven: 'images' | 'text' | 'both' | undefined,
): JsonObject {
  const body = omitUndefined({
    model: model ?? description.defaultModel,
    input: group.map(input => encodeEmbedInput(input, pagesGiven)),
    encoding_format: 'float',
    dimensions: description.isLlamaServer ? undefined : group[0]?.dimensions,
  });
  return mergeExtras(body, extras, reserved);
}

/** @throws RetakeError `upstream_failed` unless there is an embedding for each input */
function decodeEmbeddings({data}: JsonObject, count: number): readonly (readonly number[])[] {
  if (!Array.isArray(data) || data.length !== count)
    throw notEmbeddings(count, 'the answer has another number');
  const embeddings = new Array<readonly number[] | undefined>(count);
  for (const [place, item] of data.entries()) {
    const {index = place, embedding} = isJsonObject(item) ? item : {};
    if (typeof index !== 'number' || !isEmbedding(embedding))
      throw notEmbeddings(count, 'one is not a list of numbers');
    embeddings[index] = embedding;
  }
  const whole = embeddings.filter(embedding => embedding !== undefined);
  if (whole.length !== count) throw notEmbeddings(count, 'two have the same index');
  return whole;
}

function isEmbedding(value: JsonValue | undefined): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(item => typeof item === 'number' && Number.isFinite(item))
  );
}

function notEmbeddings(count: number, problem: string): RetakeError {
  return new RetakeError('upstream_failed', `Expected ${count} embeddings from the upstream, but ${problem}`);
}

/** The first dimensions of an embedding, normalized as llama-server's embeddings are. */
function shorten(embedding: readonly number[], dimensions: number | undefined): readonly number[] {
  if (dimensions === undefined || embedding.length <= dimensions) return embedding;
  const beginning = embedding.slice(0, dimensions);
  const length = Math.hypot(...beginning) || 1;
  return beginning.map(value => value / length);
}

/** Zeros at the end change neither a dot product nor a cosine. */
function pad(embedding: readonly number[], dimensions: number | undefined): readonly number[] {
  if (dimensions === undefined || embedding.length >= dimensions) return embedding;
  return [...embedding, ...new Array<number>(dimensions - embedding.length).fill(0)];
}

function checkDimensions(embeddings: readonly (readonly number[])[], dimensions: number | undefined): void {
  const length = embeddings[0]?.length;
  if (dimensions === undefined || dimensions === length) return;
  throw new RetakeError(
    'invalid_request',
    `The model returns embeddings of ${length} dimensions, and cannot return ${dimensions}`,
    {hint: `Request at least ${length} dimensions, or leave the field out.`},
  );
}

function promptTokens({usage}: JsonObject): number | undefined {
  const tokens = isJsonObject(usage) ? usage['prompt_tokens'] : undefined;
  return typeof tokens === 'number' ? tokens : undefined;
}
