import {isDeepStrictEqual} from 'node:util';
import type {AnswerChunk} from '../../../chat/chunk.js';
import type {CallContext} from '../../../chat/model.js';
import type {UpstreamDescription} from '../../upstream-description.js';
import {unlessAborted} from '../wire/abort.js';

export type Confirmation = {
  /** What the server was when it was last asked. */
  readonly outdated: UpstreamDescription;
  /** What it is now. */
  readonly asked: Promise<UpstreamDescription>;
  ask(description: UpstreamDescription, context: CallContext): AsyncIterable<AnswerChunk>;
};

/**
 * Sends a request to the server that was there before, while it is asked whether it still is that one. Nothing of the answer is yielded until
 * then. If the server has changed, the answer is dropped and the request is sent again, as the new server needs it.
 * @throws the error of the description or of the request
 */
export async function* askWhileConfirming(
  {outdated, asked, ask}: Confirmation,
  context: CallContext,
): AsyncGenerator<AnswerChunk> {
  const ending = new AbortController();
  const warnings: string[] = [];
  let isConfirmed = false;
  const warn = (text: string) => void (isConfirmed ? context.warn?.(text) : warnings.push(text));
  const signal = AbortSignal.any([context.signal, ending.signal]);
  const answer = ask(outdated, {...context, signal, warn})[Symbol.asyncIterator]();
  try {
    const first = answer.next();
    // It is awaited below, unless the server has changed.
    first.catch(() => {});
    const description = await unlessAborted(asked, context.signal);
    isConfirmed = isDeepStrictEqual(description, outdated);
    if (!isConfirmed) return yield* ask(description, context);
    for (const text of warnings) context.warn?.(text);
    for (let next = await first; !next.done; next = await answer.next()) yield next.value;
  } finally {
    ending.abort();
    await answer.return?.().catch(() => {});
  }
}
