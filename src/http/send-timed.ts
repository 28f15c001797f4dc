import type {AnswerFormat} from '../dialects/dialect.js';
import type {RetakeError} from '../errors.js';
import {varyOf} from './content-encoding.js';
import type {Delivery} from './delivery.js';
import {type PlayPartsOptions, partsOf, playParts, type TimedText} from './play-parts.js';
import {breakOff, longestWhole, type StreamWriter} from './stream-writer.js';

type TimedDelivery = Delivery & {readonly stream: {open(): StreamWriter}};

/**
 * Sends the events of a recording when they are due. They are encoded in advance, so that nothing but their text waits; of an answer that is
 * too long for that, as much at a time as may wait. Returns why it failed.
 */
export async function sendTimed(
  {signal, stream, due, identity, headers, onFirst, onTimed}: TimedDelivery,
  answer: Extract<AnswerFormat, {delivery: 'stream'}>,
  events: AsyncIterable<string>,
): Promise<RetakeError | undefined> {
  const options: PlayPartsOptions = {open: stream.open, onFirst, signal, startedAt: performance.now()};
  const iterator = events[Symbol.asyncIterator]();
  try {
    let {text, isAll} = await encodeAhead(iterator, due);
    if (isAll) {
      const head = {...answer.headers(identity()), ...headers(), vary: varyOf(undefined)};
      onTimed?.({status: 200, headers: Object.entries(head).flat(), ...text});
    }
    await playParts(partsOf(text), options);
    while (!isAll) {
      ({text, isAll} = await encodeAhead(iterator, due));
      await playParts(partsOf(text), {...options, onFirst: undefined});
    }
    stream.open().end();
    return undefined;
  } catch (cause) {
    await iterator.return?.();
    return breakOff(stream.open(), cause, {answer, signal});
  }
}

/** The next events in one text. */
async function encodeAhead(
  events: AsyncIterator<string>,
  due: () => number | undefined,
): Promise<{readonly text: TimedText; readonly isAll: boolean}> {
  const texts: string[] = [];
  const parts: {due: number; end: number}[] = [];
  let end = 0;
  let isAll = true;
  for (let next = await events.next(); !next.done; next = await events.next()) {
    texts.push(next.value);
    end += next.value.length;
    const time = due() ?? 0;
    const last = parts.at(-1);
    if (last?.due === time) last.end = end;
    else parts.push({due: time, end});
    if (end <= longestWhole) continue;
    isAll = false;
    break;
  }
  return {text: {body: texts.join(''), parts}, isAll};
}
