import type {AnswerChunk} from '../../../src/chat/chunk.js';
import type {JsonValue} from '../../../src/chat/json.js';
import type {AnswerFormat, DecodedRequest} from '../../../src/dialects/dialect.js';
import {RetakeError} from '../../../src/errors.js';
import {gemini, questionEndpoint} from '../../support/dialects.js';

export type Asking = {
  readonly endpoint?: string;
  readonly query?: string;
  readonly model?: string;
  readonly path?: string;
};

/** Decodes a body as if it had come over HTTP. */
export function ask(
  body: JsonValue,
  {endpoint = 'generateContent', query = '', model = 'm', path = '/'}: Asking = {},
): DecodedRequest {
  const found = questionEndpoint(gemini.endpoints[endpoint]);
  return found.decodeRequest({
    params: {model},
    query: new URLSearchParams(query),
    headers: {},
    path,
    body,
  });
}

/** The error for a refused body. */
export function refusalOf(body: JsonValue, asking?: Asking): RetakeError {
  try {
    ask(body, asking);
  } catch (error) {
    if (error instanceof RetakeError) return error;
    throw error;
  }
  throw new Error(`Expected a refusal of ${JSON.stringify(body)}`);
}

/** A request with this generationConfig. */
export function configured(generationConfig: JsonValue): JsonValue {
  return {contents: [{role: 'user', parts: [{text: 'Hi'}]}], generationConfig};
}

export async function* streamOf(chunks: readonly AnswerChunk[]): AsyncGenerator<AnswerChunk> {
  yield* chunks;
}

export const identity = {id: '0123456789abcdef01234567', createdAt: 1_700_000_000};

export async function encodeEvents(answer: AnswerFormat, chunks: readonly AnswerChunk[]): Promise<string[]> {
  if (answer.delivery !== 'stream') throw new Error('Expected an answer that is streamed');
  const events: string[] = [];
  for await (const event of answer.encodeStream(streamOf(chunks), identity)) events.push(event);
  return events;
}
