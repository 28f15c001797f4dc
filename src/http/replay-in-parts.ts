import type {OpenExchange} from './exchange.js';
import {partsOf, playParts} from './play-parts.js';
import type {Replay, ReplayMemo} from './replay-memo.js';
import {breakOff, writerOf} from './stream-writer.js';

/** Sends a stored response whose parts are due one after the other, and gives its take back if the client does not get all of it. */
export async function replayInParts(
  replay: Replay,
  exchange: OpenExchange,
  memo: Pick<ReplayMemo, 'release'>,
): Promise<void> {
  const {response, signal} = exchange;
  const {announcement, warnings, session, sent} = replay;
  Object.assign(exchange, {announcement, warnings, session, replay});
  if (exchange.sent !== undefined) return memo.release(replay);
  exchange.onEnd = howMuch => howMuch !== 'whole' && memo.release(replay);
  const writer = writerOf(response, {signal});
  const onFirst = () => {
    exchange.firstEventAt = performance.now();
    response.writeHead(sent.status, sent.headers as string[]);
  };
  try {
    await playParts(partsOf(sent), {
      open: () => writer,
      onFirst,
      signal,
      startedAt: performance.now(),
    });
    writer.end();
  } catch (cause) {
    exchange.error ??= breakOff(writer, cause, {answer: undefined, signal});
  }
}
