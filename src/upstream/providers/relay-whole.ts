import {Buffer} from 'node:buffer';
import {isJsonObject, type JsonValue} from '../../chat/json.js';
import {jsonOf} from '../../chat/raw-request.js';
import {type AnswerReader, rawEnd, type StreamedChunk} from '../../chat/wire.js';
import {type RetakeError, toRetakeError} from '../../errors.js';
import {hasError} from './event-meaning.js';
import {type AnsweringProvider, type Asked, fail, notJson, reportedError, startOf} from './relayed-answer.js';
import type {TokenReader} from './spent-tokens.js';
import {tokensOf} from './tokens-of-request.js';

/** Passes an answer in one piece on, and then the chunks that it means. */
export async function* relayWhole(
  body: AsyncIterable<Uint8Array>,
  contentType: string,
  {provider, client}: Asked,
): AsyncGenerator<StreamedChunk> {
  const {reader} = client;
  const pieces: Uint8Array[] = [];
  for await (const bytes of body) {
    pieces.push(bytes);
    yield {type: 'wire-data', bytes};
  }
  const value = jsonOf(Buffer.concat(pieces));
  const isJson = /^application\/json\b/i.test(contentType) || reader !== undefined;
  if (isJson && pieces.length > 0 && value === undefined) yield* fail(notJson(provider));
  const tokens = tokensOf(client, provider);
  tokens.read(value);
  if (!reader) {
    yield startOf(provider);
    yield {type: 'wire-verdict', verdict: 'raw', spent: tokens.spent()};
    yield rawEnd;
    return;
  }
  if (isJsonObject(value) && hasError(value)) yield* fail(reportedError(provider));
  const read = readBody(reader, value ?? null);
  if (Array.isArray(read)) yield* read;
  else yield* unreadable(provider, read as RetakeError, tokens);
}

function readBody(reader: AnswerReader, value: JsonValue) {
  try {
    return reader.readBody(value);
  } catch (error) {
    return toRetakeError(error);
  }
}

async function* unreadable(
  provider: AnsweringProvider,
  reason: RetakeError,
  tokens: TokenReader,
): AsyncGenerator<StreamedChunk> {
  yield startOf(provider);
  yield {type: 'wire-verdict', verdict: 'raw', reason, spent: tokens.spent()};
  yield rawEnd;
}
