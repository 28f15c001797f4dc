import type {AnswerChunk, TokenLogprob} from '../../../chat/chunk.js';

type HeldAnswer = {text: string; logprobs?: TokenLogprob[]};

/**
 * Turns each candidate's JSON string into the text that it stands for. An answer of one word is held back until it is whole, so that
 * no quote, and no half of an escape, gets out.
 */
export async function* unquoteEnum(chunks: AsyncIterable<AnswerChunk>): AsyncGenerator<AnswerChunk> {
  const held = new Map<number, HeldAnswer>();
  for await (const chunk of chunks) {
    if (chunk.type === 'text-delta') hold(held, chunk);
    else {
      if (chunk.type === 'reply-end') yield* release(held);
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

function* release(held: ReadonlyMap<number, HeldAnswer>): Generator<AnswerChunk> {
  const inOrder = [...held].sort(([a], [b]) => a - b);
  for (const [candidate, {text, logprobs}] of inOrder) {
    yield {type: 'text-delta', candidate, text: unquote(text), ...(logprobs && {logprobs})};
  }
}

/** An answer cut by its length lacks the closing quote; one from a server that knows no schemas lacks both. */
function unquote(text: string): string {
  return parseString(text) ?? parseString(`${text}"`) ?? text;
}

function parseString(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    // No JSON, so there are no quotes to remove.
    return undefined;
  }
}
