import type {AnswerChunk, FinishReason, TokenLogprob, Usage} from '../../chat/chunk.js';
import {isJsonObject, type JsonObject} from '../../chat/json.js';
import {foldChunks} from '../../chat/reply.js';
import type {Provenance, Take} from '../take.js';

/** What a take says, whichever operation it answers and however it was cut into chunks. */
export type Answer = {
  readonly candidates: readonly AnswerCandidate[];
  readonly usage?: Usage;
  /** What an answer has besides candidates: embeddings, a count of tokens. */
  readonly values: readonly JsonObject[];
  readonly provenance: Provenance;
};

export type AnswerCandidate = {
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCall[];
  readonly logprobs?: readonly TokenLogprob[];
  readonly finish: FinishReason;
};

/** `arguments` is the text that the model wrote, JSON or not. */
export type ToolCall = {readonly name: string; readonly arguments: string};

export async function answerOf({chunks, provenance}: Take): Promise<Answer> {
  const {candidates, usage} = await foldChunks(chunks.map(({chunk}) => chunk));
  return {
    candidates: candidates.map(candidate => ({...candidate, toolCalls: toolCallsOf(candidate)})),
    ...(usage && {usage}),
    values: chunks.flatMap(({chunk}) => (isValue(chunk) ? [asJson(chunk)] : [])),
    provenance,
  };
}

/** Whether nothing at all was said. */
export function isSilent({candidates, values}: Answer): boolean {
  return (
    values.length === 0 &&
    candidates.every(({text, toolCalls}) => text.trim() === '' && toolCalls.length === 0)
  );
}

function isValue({type}: {readonly type: string}): boolean {
  return type === 'embedding' || type === 'token-count';
}

function asJson(chunk: AnswerChunk): JsonObject {
  return {...chunk} as JsonObject;
}

function toolCallsOf(candidate: object): readonly ToolCall[] {
  const calls: unknown = 'toolCalls' in candidate ? candidate.toolCalls : undefined;
  if (!Array.isArray(calls)) return [];
  return calls.filter(isJsonObject).map(call => ({
    name: String(call['name'] ?? ''),
    arguments: String(call['arguments'] ?? ''),
  }));
}
