import type {AnswerChunk} from '../../chat/chunk.js';
import type {JsonValue} from '../../chat/json.js';
import {omitUndefined} from '../../chat/omit-undefined.js';
import type {AskedRequest} from '../../chat/request.js';
import {notUnderstood} from './provider-failure.js';
import {countIn} from './provider-json.js';
import {requestFor} from './request-for.js';

const finish = [{unified: 'stop', raw: 'stop'}] as const;

export type DecodedEmbeddings = {
  readonly model: string;
  readonly embeddings: readonly (readonly number[])[];
  readonly inputTokens: number | undefined;
};

/** The answer with these embeddings. @throws RetakeError `upstream_failed` if their number is not that of the inputs */
export function embeddingChunks(
  {model, embeddings, inputTokens}: DecodedEmbeddings,
  request: AskedRequest,
): readonly AnswerChunk[] {
  const {inputs} = requestFor('embed', request);
  if (embeddings.length !== inputs.length)
    throw notUnderstood(`it has ${embeddings.length} embeddings for ${inputs.length} inputs`, model);
  return [
    {type: 'reply-start', answeredBy: {model}},
    ...embeddings.map((values, input) => ({type: 'embedding' as const, input, values})),
    omitUndefined({
      type: 'reply-end',
      finish,
      usage: inputTokens === undefined ? undefined : {inputTokens, outputTokens: 0},
    }),
  ];
}

/** The values of an embedding; large integers are parsed as bigints. @throws RetakeError `upstream_failed` */
export function embeddingValues(value: JsonValue | undefined): readonly number[] {
  const values = Array.isArray(value) ? value.map(numberOf) : [];
  if (values.length > 0 && values.every(isFiniteNumber)) return values;
  throw notUnderstood('an embedding is not a list of numbers', value ?? null);
}

function numberOf(value: JsonValue): JsonValue {
  return typeof value === 'bigint' ? Number(value) : value;
}

function isFiniteNumber(value: JsonValue): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** The answer with this token count. @throws RetakeError `upstream_failed` if it is none */
export function tokenCountChunks(
  count: JsonValue | undefined,
  {request, modelName}: {readonly request: AskedRequest; readonly modelName: string},
): readonly AnswerChunk[] {
  requestFor('count-tokens', request);
  const tokens = countIn(count);
  if (tokens === undefined) throw notUnderstood('its token count is not a count', count ?? null);
  return [
    {type: 'reply-start', answeredBy: {model: modelName}},
    {type: 'token-count', tokens},
    {type: 'reply-end', finish},
  ];
}
