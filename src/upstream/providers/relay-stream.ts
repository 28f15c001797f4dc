import {withinTime} from '../../async/within-time.js';
import {type AnswerReader, rawEnd, type StreamedChunk} from '../../chat/wire.js';
import {type RetakeError, toRetakeError} from '../../errors.js';
import {finishesCandidate, hasCandidates, meaningOf} from './event-meaning.js';
import {type Asked, fail, reportedError, startOf, wasCut} from './relayed-answer.js';
import {type StreamEvent, splitArray, splitServerSentEvents} from './stream-events.js';
import {tokensOf} from './tokens-of-request.js';

/** Milliseconds that a provider may take to end its response after the last event. */
const endLimit = 2000;

/** Passes the bytes of a stream on as they come, with the chunks that its events mean. */
export async function* relayStream(
  body: AsyncIterable<Uint8Array>,
  contentType: string,
  {provider, client}: Asked,
): AsyncGenerator<StreamedChunk> {
  const stream = client.reader?.openStream();
  const isArray = /json/i.test(contentType);
  const splitter = isArray ? splitArray() : splitServerSentEvents();
  const seen = {start: false, error: false, end: false, finished: false, needsEnd: false};
  let problem: RetakeError | undefined;
  const tokens = tokensOf(client, provider);
  const read = function* (events: readonly StreamEvent[]): Generator<StreamedChunk> {
    if (!stream || problem) return;
    try {
      for (const event of events) {
        for (const chunk of stream.push(event)) {
          seen.start ||= chunk.type === 'reply-start';
          yield chunk;
        }
      }
    } catch (error) {
      problem = toRetakeError(error);
    }
  };
  for await (const bytes of untilEnd(body, () => seen.end)) {
    const events = splitter.push(bytes);
    for (const event of events) {
      note(event, seen);
      tokens.readEvent(event);
    }
    yield {type: 'wire-data', bytes, isLast: seen.end};
    yield* read(events);
  }
  const last = splitter.end();
  for (const event of last) {
    note(event, seen);
    tokens.readEvent(event);
  }
  yield* read(last);
  if (seen.error) yield* fail(reportedError(provider));
  if (!splitter.isComplete()) yield* fail(wasCut(provider));
  if (stream && !problem) {
    yield* endOf(stream);
    return;
  }
  const hasEnd = seen.end || seen.finished;
  // An answer that was not understood is kept only if it surely came to its end.
  if (problem && !hasEnd) yield* fail(problem);
  if (seen.needsEnd && !hasEnd) yield* fail(wasCut(provider));
  if (!seen.start) yield startOf(provider);
  yield {type: 'wire-verdict', verdict: 'raw', reason: problem, spent: tokens.spent()};
  yield rawEnd;
}

/** The rest of an answer's chunks. One that is not complete has come to the client, and is no answer. */
async function* endOf(stream: ReturnType<AnswerReader['openStream']>): AsyncGenerator<StreamedChunk> {
  let rest: ReturnType<typeof stream.end>;
  try {
    rest = stream.end();
  } catch (error) {
    return yield* fail(toRetakeError(error));
  }
  yield* rest;
}

type Seen = {error: boolean; end: boolean; finished: boolean; needsEnd: boolean};

function note(event: StreamEvent, seen: Seen): void {
  const {isError, isEnd, needsEnd} = meaningOf(event);
  seen.error ||= isError;
  seen.end ||= isEnd;
  // Gemini ends a stream with the connection. Before that, an event says why each candidate ended.
  seen.finished ||= finishesCandidate(event);
  seen.needsEnd ||= needsEnd || hasCandidates(event);
}

/** The pieces of a body, up to a moment after its last event: some servers leave the connection open. */
async function* untilEnd(
  body: AsyncIterable<Uint8Array>,
  hasEnded: () => boolean,
): AsyncGenerator<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = iterator.next();
      const result = hasEnded() ? await withinTime(next, endLimit) : await next;
      if (!result || result.done) return;
      yield result.value;
    }
  } finally {
    void iterator.return?.().catch(() => {});
  }
}
