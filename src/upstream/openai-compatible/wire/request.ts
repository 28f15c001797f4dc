import {isJsonObject, type JsonObject, type JsonValue, parseJson, stringifyJson} from '../../../chat/json.js';
import {answeredError} from '../../../chat/wire.js';
import {doneData} from '../../../dialects/kit/completion-chunks/decode-completion.js';
import {RetakeError} from '../../../errors.js';
import {type Connection, type IncomingResponse, readBeginning} from './connection.js';
import {parseEvents} from './parse-events.js';
import {noRoute, parseErrorResponse, responseError} from './upstream-failure.js';
import {startWatchdog, type Watchdog} from './watchdog.js';

/** In milliseconds. */
export type UpstreamTimeouts = {
  readonly connect: number;
  /** From the request to the first event of its answer: without a GPU, loading and a long prompt take minutes. */
  readonly firstEvent: number;
  /** From one event to the next. */
  readonly betweenEvents: number;
};

/** A POST request to the upstream. */
export type UpstreamRequest = {
  /** For instance `/v1/chat/completions`. */
  readonly path: string;
  readonly body: JsonObject;
  readonly timeouts: UpstreamTimeouts;
  readonly signal: AbortSignal;
};

/** How long the upstream may take to end its response after the last event. */
const drainTimeoutMs = 100;
const maximumErrorBytes = 64 * 1024;
const maximumResponseBytes = 256 * 1024 * 1024;

/**
 * Requests an event stream and yields the data of its events, up to and including `[DONE]`, or to the end of the stream: those together that
 * arrive together. An answer in one piece is one event, followed by `[DONE]`.
 * @throws RetakeError one of the `upstream_…` codes, or `client_closed`
 */
export async function* requestEvents(
  connection: Connection,
  request: UpstreamRequest,
): AsyncGenerator<readonly string[]> {
  const {timeouts, signal} = request;
  const watchdog = startWatchdog(signal);
  const {display} = connection.address;
  let isOver = false;
  try {
    const response = await send(connection, request, watchdog);
    if (response.status !== 200 || isPage(response))
      throw await watchdog.race(errorFrom(response, request, connection));
    const whole = isJson(response)
      ? await watchdog.race(readBeginning(response.body, maximumResponseBytes))
      : undefined;
    if (whole !== undefined && !isEventText(whole)) {
      yield [whole, doneData];
      isOver = true;
      return;
    }
    const events = parseEvents(whole === undefined ? response.body : bytesOf(whole));
    for (;;) {
      const {done, value: batch} = await watchdog.race(events.next());
      if (done) {
        isOver = true;
        return;
      }
      watchdog.disarm();
      const end = batch.findIndex(data => data.trim() === doneData);
      if (end >= 0) {
        yield [...batch.slice(0, end), doneData];
        isOver = await drain(events, watchdog);
        return;
      }
      yield batch;
      watchdog.arm(timeouts.betweenEvents, silence(display, timeouts.betweenEvents, 'the next event'));
    }
  } catch (error) {
    throw watchdog.signal.aborted ? watchdog.signal.reason : error;
  } finally {
    if (isOver) watchdog.release();
    else watchdog.stop();
  }
}

/**
 * Requests a JSON object.
 * @throws RetakeError as `requestEvents`
 */
export async function requestJson(connection: Connection, request: UpstreamRequest): Promise<JsonObject> {
  const answer = await requestJsonIfSupported(connection, request, []);
  if (answer) return answer;
  throw new RetakeError('internal', `An error response to ${request.path} was ignored`);
}

/** The status codes of a server that does not have a route or a method. */
const unsupported = [404, 405, 501];

/** The same for a route that not every server has; undefined if this server does not have it. */
export async function requestJsonIfSupported(
  connection: Connection,
  request: UpstreamRequest,
  ignored: readonly number[] = unsupported,
): Promise<JsonObject | undefined> {
  const watchdog = startWatchdog(request.signal);
  try {
    const response = await send(connection, request, watchdog);
    if (ignored.includes(response.status)) return undefined;
    if (response.status !== 200) throw await watchdog.race(errorFrom(response, request, connection));
    const text = await watchdog.race(readBeginning(response.body, maximumResponseBytes));
    return parseObject(text, connection);
  } catch (error) {
    throw watchdog.signal.aborted ? watchdog.signal.reason : error;
  } finally {
    watchdog.stop();
  }
}

function send(
  connection: Connection,
  {path, body, timeouts}: UpstreamRequest,
  watchdog: Watchdog,
): Promise<IncomingResponse> {
  const {display} = connection.address;
  watchdog.arm(timeouts.firstEvent, silence(display, timeouts.firstEvent, 'its first event'));
  const request = {method: 'POST', path, body: stringifyJson(body), signal: watchdog.signal} as const;
  return watchdog.race(connection.send(request));
}

function parseObject(text: string, {address}: Connection): JsonObject {
  let answer: JsonValue;
  try {
    answer = parseJson(text);
  } catch (cause) {
    throw notJson(text, address.display, cause);
  }
  if (!isJsonObject(answer)) throw notJson(text, address.display);
  return answer;
}

function notJson(text: string, upstream: string, cause?: unknown): RetakeError {
  return new RetakeError(
    'upstream_failed',
    `Expected a JSON object from the upstream at ${upstream}, got ${JSON.stringify(text.slice(0, 80))}`,
    {cause},
  );
}

function silence(upstream: string, milliseconds: number, awaited: string): string {
  return `The upstream at ${upstream} sent nothing for ${milliseconds / 1000} s while retake waited for ${awaited}`;
}

/** Reads the response to its end, so that the server does not log a client that disconnected. Whether it has come to its end. */
async function drain(events: AsyncGenerator<unknown>, watchdog: Watchdog): Promise<boolean> {
  watchdog.arm(drainTimeoutMs, 'The upstream did not end its response');
  try {
    while (!(await watchdog.race(events.next())).done);
    return true;
  } catch {
    // The answer is complete, so a failure after its end does not matter.
    return false;
  }
}

function isJson({contentType}: IncomingResponse): boolean {
  return /json/i.test(contentType);
}

function isPage({contentType}: IncomingResponse): boolean {
  return /html/i.test(contentType);
}

/** Some servers call their event stream JSON. */
function isEventText(text: string): boolean {
  return /^\s*(data|event|id|retry)?:/.test(text);
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** The same error as one of the server itself, which may be recorded. */
function asAnswered(error: RetakeError, status: number): RetakeError {
  const {code, message, ...details} = error;
  return new RetakeError(code, message, {...details, answered: answeredError(status)});
}

async function errorFrom(
  {status, contentType, headers, body}: IncomingResponse,
  {path}: UpstreamRequest,
  connection: Connection,
): Promise<RetakeError> {
  const response = parseErrorResponse(status, await readBeginning(body, maximumErrorBytes), headers);
  const {missingRoutes} = connection;
  if (status === 404 && missingRoutes) return noRoute(response, connection.address, missingRoutes);
  if (status >= 300) return asAnswered(responseError(response, connection.address, path), status);
  return new RetakeError(
    'upstream_failed',
    `Expected an event stream from the upstream at ${connection.address.display}, but it sent ${contentType || `HTTP ${status}`}`,
    {hint: 'Check that it is the address of an OpenAI-compatible server.'},
  );
}
