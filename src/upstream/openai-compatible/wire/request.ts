import {isJsonObject, type JsonObject, type JsonValue, parseJson, stringifyJson} from '../../../chat/json.js';
import {RetakeError} from '../../../errors.js';
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

/** A question on its way to the upstream. */
export type Question = {
  /** Under the address: `/v1/chat/completions`. */
  readonly path: string;
  readonly body: JsonObject;
  readonly timeouts: UpstreamTimeouts;
  readonly signal: AbortSignal;
};

/** How long a server may leave its answer open after the last event. */
const lingerTime = 100;
const longestRefusal = 64 * 1024;
const longestAnswer = 256 * 1024 * 1024;

/**
 * Asks for an answer in events and yields their data, up to `[DONE]` or the end of the answer.
 * @throws RetakeError one of the `upstream_…` codes, or `client_closed`.
 */
export async function* askForEvents(connection: Connection, question: Question): AsyncGenerator<string> {
  const {timeouts, signal} = question;
  const watch = openWatch(signal);
  const {display} = connection.address;
  try {
    const response = await send(connection, question, watch);
    if (!isEventStream(response)) throw await watch.until(refusalOf(response, question, connection));
    const events = parseEvents(response.body);
    for (;;) {
      const {done, value: data} = await watch.until(events.next());
      if (done) return;
      if (data.trim() === '[DONE]') return await linger(events, watch);
      watch.relax();
      yield data;
      watch.expect(timeouts.betweenEvents, silence(display, timeouts.betweenEvents, 'it to go on'));
    }
  } catch (error) {
    throw watch.signal.aborted ? watch.signal.reason : error;
  } finally {
    watch.close();
  }
}

/**
 * Asks for an answer in one piece.
 * @throws RetakeError as `askForEvents`
 */
export async function askForJson(connection: Connection, question: Question): Promise<JsonObject> {
  const answer = await askIfThere(connection, question, []);
  if (answer) return answer;
  throw new RetakeError('internal', `A refusal of ${question.path} was passed over`);
}

/** What HTTP says of a route or a method that a server does not have. */
const absence = [404, 405, 501];

/** The same of a route that not every server has; undefined when this one has not. */
export async function askIfThere(
  connection: Connection,
  question: Question,
  absent: readonly number[] = absence,
): Promise<JsonObject | undefined> {
  const watch = openWatch(question.signal);
  try {
    const response = await send(connection, question, watch);
    if (absent.includes(response.status)) return undefined;
    if (response.status !== 200) throw await watch.until(refusalOf(response, question, connection));
    return parseAnswer(await watch.until(readBeginning(response.body, longestAnswer)), connection);
  } catch (error) {
    throw watch.signal.aborted ? watch.signal.reason : error;
  } finally {
    watch.close();
  }
}

function send(
  connection: Connection,
  {path, body, timeouts}: Question,
  watch: Watch,
): Promise<IncomingResponse> {
  const {display} = connection.address;
  watch.expect(timeouts.firstEvent, silence(display, timeouts.firstEvent, 'its answer to begin'));
  const request = {method: 'POST', path, body: stringifyJson(body), signal: watch.signal} as const;
  return watch.until(connection.send(request));
}

function parseAnswer(text: string, {address}: Connection): JsonObject {
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
  {path}: Question,
  connection: Connection,
): Promise<RetakeError> {
  const refusal = parseRefusal(status, await readBeginning(body, longestRefusal));
  if (status >= 300) return refusalError(refusal, connection.address, path);
  return new RetakeError(
    'upstream_failed',
    `Expected an event stream from the upstream at ${connection.address.display}, but it sent ${contentType || `HTTP ${status}`}`,
    {hint: 'Is it the address of an OpenAI-compatible server?'},
  );
}
