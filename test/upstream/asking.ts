import type {ExecutionContext} from 'ava';
import type {AnswerChunk} from '../../src/chat/chunk.js';
import type {CallContext} from '../../src/chat/model.js';
import type {ChatRequest, Role, Turn} from '../../src/chat/request.js';
import {RetakeError} from '../../src/errors.js';
import {
  type HttpModel,
  type HttpModelOptions,
  httpModel,
} from '../../src/upstream/openai-compatible/http-model.js';

/** A model over HTTP that is closed with the test. */
export function buildModel(t: ExecutionContext, options: HttpModelOptions): HttpModel {
  const model = httpModel(options);
  t.teardown(() => model.close());
  return model;
}

export function turn(role: Role, ...texts: readonly string[]): Turn {
  return {role, parts: texts.map(text => ({type: 'text', text}))};
}

export function question(text: string, more: Partial<ChatRequest> = {}): ChatRequest {
  return {operation: 'chat', turns: [turn('user', text)], ...more};
}

/** The context of a client that stays connected. */
export function present(): CallContext {
  return {signal: new AbortController().signal};
}

/** All chunks of an answer. */
export async function ask(model: HttpModel, request: ChatRequest): Promise<readonly AnswerChunk[]> {
  return collect(model.ask(request, present()));
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** The error of an answer that fails, and the chunks before it. */
export async function failureOf(
  chunks: AsyncIterable<AnswerChunk>,
): Promise<{readonly error: RetakeError; readonly chunks: readonly AnswerChunk[]}> {
  const before: AnswerChunk[] = [];
  try {
    for await (const chunk of chunks) before.push(chunk);
  } catch (error) {
    if (error instanceof RetakeError) return {error, chunks: before};
    throw error;
  }
  throw new Error(`Expected a failure, got ${JSON.stringify(before)}`);
}

/** The joined text of the deltas. */
export function textOf(chunks: readonly AnswerChunk[], candidate = 0): string {
  return chunks
    .map(chunk => (chunk.type === 'text-delta' && chunk.candidate === candidate ? chunk.text : ''))
    .join('');
}
