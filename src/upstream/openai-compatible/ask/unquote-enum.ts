import type {AnswerChunk, TokenLogprob} from '../../../chat/chunk.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';

type HeldAnswer = {text: string; logprobs?: TokenLogprob[]};

/** Unquotes the JSON string of each candidate. The text is held back until it is complete, so that no quote or partial escape gets out. */
export async function* unquoteEnum(chunks: AsyncIterable<AnswerChunk>): AsyncGenerator<AnswerChunk> {
  const held = new Map<number, HeldAnswer>();
  for await (const chunk of chunks) {
    if (chunk.type === 'text-delta' && !chunk.refusal) hold(held, chunk);
    else {
      if (chunk.type === 'reply-end') yield* release(held);
      else if (chunk.type === 'tool-call-start') yield* release(held, chunk.candidate);
      yield chunk;
    }
  }
}

function hold(
  held: Map<number, HeldAnswer>,
  {candidate, text, logprobs}: Extract<AnswerChunk, {type: 'text-delta'}>,
): void {
  const answer = held.get(candidate) ?? {text: ''};
  answer.text += text;
  if (logprobs) answer.logprobs = [...(answer.logprobs ?? []), ...logprobs];
  held.set(candidate, answer);
}

/** Of all candidates or of one, whose text ends where its call begins. */
function* release(held: Map<number, HeldAnswer>, only?: number): Generator<AnswerChunk> {
  const inOrder = [...held].sort(([a], [b]) => a - b);
  for (const [candidate, {text, logprobs}] of inOrder) {
    if (only !== undefined && candidate !== only) continue;
    held.delete(candidate);
    yield omitUndefined({type: 'text-delta', candidate, text: unquote(text), logprobs});
  }
}

/** An answer that was cut off lacks the closing quote; one from a server without schemas lacks both. */
function unquote(text: string): string {
  return parseString(text) ?? parseString(`${text}"`) ?? text;
}

function parseString(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    // Not JSON, so there are no quotes to remove.
    return undefined;
  }
}
