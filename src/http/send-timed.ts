import type {AnswerFormat} from '../dialects/dialect.js';
import type {RetakeError} from '../errors.js';
import {acceptedEncoding, varyOf} from './content-encoding.js';
import type {Opening} from './delivery.js';
import {partsOf, playParts, type TimedText} from './play-parts.js';
import type {SentResponse} from './replay-memo.js';
import {breakOff, longestWhole} from './stream-writer.js';

/**
 * Sends the events of a recording when they are due. They are encoded in advance, so that nothing but their text waits; of an answer that is
 * too long for that, as much at a time as may wait. Returns why it failed.
 */
export async function sendTimed(
  delivery: Opening,
  answer: StreamFormat,
  events: AsyncIterable<string>,
): Promise<RetakeError | undefined> {
  const {signal, stream, due, onFirst} = delivery;
  let compressed: SentResponse | undefined;
  const open = () => stream.open(compressed);
  const options = {open, onFirst, signal, startedAt: performance.now()};
  const iterator = events[Symbol.asyncIterator]();
  try {
    let ahead = await encodeAhead(iterator, due);
    if (ahead.isAll) compressed = await store(ahead.text, delivery, answer);
    await playParts(partsOf(compressed ?? ahead.text), options);
    while (!ahead.isAll) {
      ahead = await encodeAhead(iterator, due);
      await playParts(partsOf(ahead.text), {...options, onFirst: undefined});
    }
    open().end();
    return undefined;
  } catch (cause) {
    await iterator.return?.();
    if (!stream.isOpen) throw cause;
    // An error as text would be none in a compressed body.
    return breakOff(open(), cause, {answer: compressed ? undefined : answer, signal});
  }
}

type StreamFormat = Extract<AnswerFormat, {delivery: 'stream'}>;

/** Stores a whole answer for the next request, and returns it compressed if the client accepts that, and the next one will get it too. */
function store(
  {body, parts}: TimedText,
  {reply, identity, headers, onTimed}: Opening,
  answer: StreamFormat,
): Promise<SentResponse | undefined> | undefined {
  const head = {...answer.headers(identity()), ...headers(), vary: varyOf(undefined)};
  const stored = onTimed?.({status: 200, headers: Object.entries(head).flat(), body, parts});
  const encoding = acceptedEncoding(reply.request.headers['accept-encoding']);
  return encoding && stored?.compressed(encoding);
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
