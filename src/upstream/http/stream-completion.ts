import type {JsonObject} from '../../chat/json.js';
import {stringifyJson} from '../../chat/json.js';
import {RetakeError} from '../../errors.js';
import {type Connection, type IncomingResponse, readBeginning} from './connection.js';
import {parseEvents} from './parse-events.js';
import {parseRefusal, refusalError} from './upstream-failure.js';
import {openWatch, type Watch} from './watch.js';

/** In milliseconds. */
export type UpstreamTimeouts = {
  readonly connect: number;
  /** From the request to the first event of its answer: loading and a long prompt take minutes without a GPU. */
  readonly firstEvent: number;
  /** From one event to the next. */
  readonly betweenEvents: number;
};

/** How long a server may leave its answer open after the last event. */
const lingerTime = 100;
const longestRefusal = 64 * 1024;

/**
 * Asks for a chat completion and yields the data of its events, up to `[DONE]` or the end of the answer.
 * @throws RetakeError one of the `upstream_…` codes, or `client_closed`.
 */
export async function* streamCompletion(
  connection: Connection,
  {body, timeouts, signal}: {body: JsonObject; timeouts: UpstreamTimeouts; signal: AbortSignal},
): AsyncGenerator<string> {
  const watch = openWatch(signal);
  const {address} = connection;
  try {
    watch.expect(timeouts.firstEvent, silence(address.display, timeouts.firstEvent, 'its answer to begin'));
    const path = `${address.apiPath}/chat/completions`;
    const request = {method: 'POST', path, body: stringifyJson(body), signal: watch.signal} as const;
    const response = await watch.until(connection.send(request));
    if (!isEventStream(response)) throw await watch.until(refusalOf(response, connection));
    const events = parseEvents(response.body);
    for (;;) {
      const {done, value: data} = await watch.until(events.next());
      if (done) return;
      if (data.trim() === '[DONE]') return await linger(events, watch);
      watch.relax();
      yield data;
      watch.expect(timeouts.betweenEvents, silence(address.display, timeouts.betweenEvents, 'it to go on'));
    }
  } catch (error) {
    throw watch.signal.aborted ? watch.signal.reason : error;
  } finally {
    watch.close();
  }
}

function silence(upstream: string, milliseconds: number, awaited: string): string {
  return `The upstream at ${upstream} was silent for ${milliseconds / 1000} s while retake waited for ${awaited}`;
}

/** Reads to the end of the response, so that the server does not take us for a client that went away. */
async function linger(events: AsyncGenerator<string>, watch: Watch): Promise<void> {
  watch.expect(lingerTime, 'The upstream left its answer open');
  try {
    while (!(await watch.until(events.next())).done);
  } catch {
    // The answer is complete: what follows its end, or does not follow, changes nothing.
  }
}

function isEventStream({status, contentType}: IncomingResponse): boolean {
  return status === 200 && !/json|html/i.test(contentType);
}

async function refusalOf(
  {status, contentType, body}: IncomingResponse,
  connection: Connection,
): Promise<RetakeError> {
  const refusal = parseRefusal(status, await readBeginning(body, longestRefusal));
  if (status >= 300) return refusalError(refusal, connection.address);
  return new RetakeError(
    'upstream_failed',
    `Expected an event stream from the upstream at ${connection.address.display}, but it sent ${contentType || `HTTP ${status}`}`,
    {hint: 'Is it the address of an OpenAI-compatible server?'},
  );
}
