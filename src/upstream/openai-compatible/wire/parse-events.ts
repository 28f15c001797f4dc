import {TextDecoder} from 'node:util';
import {createParser, type ParseError} from 'eventsource-parser';
import {RetakeError} from '../../../errors.js';

export type EventLimits = {
  /** In characters. A server that sends a long answer at once makes events of several MiB. */
  readonly maxEventLength: number;
};

/**
 * Parses an event stream into the data of its events, wherever the bytes are split. Events that arrive together are yielded together. Comments are ignored. The last event counts even
 * without its blank line.
 * @throws RetakeError `upstream_failed` if the bytes are not an event stream
 */
export async function* parseEvents(
  bytes: AsyncIterable<Uint8Array>,
  {maxEventLength}: EventLimits = {maxEventLength: 64 * 1024 * 1024},
): AsyncGenerator<readonly string[]> {
  let events: string[] = [];
  let failure: RetakeError | undefined;
  const parser = createParser({
    maxBufferSize: maxEventLength,
    onEvent({data}) {
      if (!failure) events.push(data);
    },
    onError(error) {
      failure ??= failureOf(error, maxEventLength);
    },
  });
  const takeEvents = () => {
    const taken = events;
    events = [];
    return taken;
  };
  const decoder = new TextDecoder('utf-8', {fatal: true});
  for await (const piece of bytes) {
    parser.feed(decode(decoder, piece));
    if (events.length > 0) yield takeEvents();
    if (failure) throw failure;
  }
  parser.feed(`${decode(decoder)}\n\n`);
  if (events.length > 0) yield takeEvents();
  if (failure) throw failure;
}

function failureOf({type, line = ''}: ParseError, maxEventLength: number): RetakeError | undefined {
  if (type === 'invalid-retry') return undefined;
  if (type === 'max-buffer-size-exceeded') {
    return notAnEventStream(`one event is longer than ${maxEventLength} characters`);
  }
  // Browsers ignore an unknown field; here it means that a part of the answer is damaged.
  return notAnEventStream(`it has the line ${JSON.stringify(line.slice(0, 80))}`);
}

function decode(decoder: TextDecoder, bytes?: Uint8Array): string {
  try {
    return bytes ? decoder.decode(bytes, {stream: true}) : decoder.decode();
  } catch (cause) {
    throw notAnEventStream('it is not valid UTF-8', cause);
  }
}

function notAnEventStream(problem: string, cause?: unknown): RetakeError {
  return new RetakeError(
    'upstream_failed',
    `Expected the upstream's answer to be an event stream, but ${problem}`,
    {cause},
  );
}
