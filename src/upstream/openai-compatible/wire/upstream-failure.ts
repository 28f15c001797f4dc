import type {IncomingHttpHeaders} from 'node:http';
import {isJsonObject, type JsonValue, parseJson} from '../../../chat/json.js';
import {limitHeaders} from '../../../chat/limit-headers.js';
import {type ContextLength, RetakeError} from '../../../errors.js';
import {contextLengthIn, isContextExceeded} from './context-length.js';
import {ProxyFailure} from './environment-proxy.js';
import type {ServerAddress} from './server-address.js';

/** An error response of the upstream, with the message in its body. */
export type ErrorResponse = {
  readonly status: number;
  readonly message: string | undefined;
  /** The field at fault, if the upstream names it. */
  readonly field?: string | undefined;
  /** How long a prompt is that is too long. */
  readonly contextLength?: ContextLength | undefined;
  /** Headers about rate limits and retries, which are for the client. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
};

/** Reads `{"error": {"message"}}`, `{"error": "…"}`, `{"message"}` and `{"detail"}`. */
export function parseErrorResponse(
  status: number,
  body: string,
  received: IncomingHttpHeaders = {},
): ErrorResponse {
  const headers = limitHeaders(received);
  let value: JsonValue;
  try {
    value = parseJson(body);
  } catch {
    // The page of a gateway, or an empty body: only the status is known.
    return {status, message: plainMessage(status, body), headers};
  }
  const message = messageOf(value);
  return {status, message, field: fieldIn(value), contextLength: contextLengthIn(value, message), headers};
}

const plainLength = 400;

/** A sentence without JSON around it. Of a 404 it is the one that a server has for each path. */
function plainMessage(status: number, body: string): string | undefined {
  const text = body.trim();
  const isSentence = text !== '' && text.length <= plainLength && !text.startsWith('<');
  return isSentence && status !== 404 ? text : undefined;
}

/** OpenAI's `error.param`. */
function fieldIn(value: JsonValue): string | undefined {
  const error = isJsonObject(value) ? value['error'] : undefined;
  const param = isJsonObject(error) ? error['param'] : undefined;
  return typeof param === 'string' && param !== '' ? param : undefined;
}

/** The message of an `error` member, or of a whole body. */
export function messageOf(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.length > 0 ? JSON.stringify(value) : undefined;
  if (!isJsonObject(value)) return undefined;
  return messageOf(value['error']) ?? messageOf(value['message']) ?? messageOf(value['detail']);
}

/**
 * Failures that llama-server reports with status 500 although the request causes them, so that a retry would fail again.
 * See https://github.com/ggml-org/llama.cpp/issues/19851 for templates.
 */
const requestFailures =
  /jinja|chat template|image input is not supported|audio input is not supported|too large to process/i;

const unknownModelHint =
  'Check the address and the model name. With the option `keySettings.forwardModel` set to false, retake names the only model of the server itself.';

/** The error for an error response, with the upstream's message. */
export function responseError(
  {status, message, field, contextLength, headers}: ErrorResponse,
  address: ServerAddress,
  path = `${address.apiPath}/chat/completions`,
): RetakeError {
  const words = quote(message);
  const upstream = `The upstream at ${address.display}`;
  if (status === 401 || status === 403) {
    return new RetakeError(
      'upstream_unauthorized',
      `${upstream} does not accept retake's credential (HTTP ${status})${words}`,
      {hint: 'Set the option `upstream.authorization` to a header line that it accepts.'},
    );
  }
  if (status >= 300 && status < 400) {
    return new RetakeError(
      'upstream_failed',
      `${upstream} redirects (HTTP ${status}), which is not followed`,
      {
        hint: 'Give the address that it redirects to.',
      },
    );
  }
  if (status === 404 && message === undefined) {
    return new RetakeError('upstream_failed', `${upstream} has no ${path}`, {
      hint: 'Check that it is the address of an OpenAI-compatible server.',
    });
  }
  if (status === 408) return new RetakeError('upstream_timeout', `${upstream} timed out (HTTP 408)${words}`);
  if (status === 429) {
    return new RetakeError('upstream_unavailable', `${upstream} is over its rate limit (HTTP 429)${words}`, {
      status,
      headers,
    });
  }
  if (status >= 400 && status <= 500 && message !== undefined && isContextExceeded(message)) {
    return new RetakeError('context_length_exceeded', `The prompt is too long for the model${words}`, {
      contextLength,
      hint: 'Shorten it. A local model reads more with a higher value of the option `upstream.engine.contextSize`, which takes more memory.',
    });
  }
  if (status >= 400 && status < 500) {
    return new RetakeError('upstream_rejected', `${upstream} rejected the request (HTTP ${status})${words}`, {
      status,
      field,
      headers,
      hint: status === 404 ? unknownModelHint : undefined,
    });
  }
  if (status === 501 || (status === 500 && message !== undefined && requestFailures.test(message))) {
    return new RetakeError('upstream_rejected', `${upstream} cannot answer this request${words}`, {
      hint: /physical batch size/i.test(message ?? '')
        ? 'Raise the option `upstream.engine.ubatchSize`, or send less at once.'
        : undefined,
    });
  }
  if (status === 503) {
    return new RetakeError('upstream_unavailable', `${upstream} is not ready (HTTP 503)${words}`, {headers});
  }
  return new RetakeError('upstream_failed', `${upstream} failed (HTTP ${status})${words}`, {headers});
}

/** The error for a server that has answered 404 to every request. */
export function noRoute(
  {message}: ErrorResponse,
  address: ServerAddress,
  tried: readonly string[],
): RetakeError {
  const text = `The upstream at ${address.display} answered HTTP 404 to everything that retake tried: ${tried.join(', ')}${quote(message)}`;
  const hint =
    'Give the base URL that an OpenAI client would use for this server, with its path, and check the name of the model or deployment.';
  return message === undefined
    ? new RetakeError('upstream_failed', text, {hint})
    : new RetakeError('upstream_rejected', text, {hint, status: 404});
}

/** The error for an error event within the answer: `{"error": {"code": 400, "message": "…"}}`. */
export function eventError(error: JsonValue, address: ServerAddress): RetakeError {
  const message = messageOf(error);
  const code = isJsonObject(error) ? error['code'] : undefined;
  if (typeof code === 'number' && code >= 400 && code < 600)
    return responseError({status: code, message, contextLength: contextLengthIn({error}, message)}, address);
  const upstream = `The upstream at ${address.display}`;
  return new RetakeError('upstream_failed', `${upstream} failed while answering${quote(message)}`);
}

/** What retake was waiting for when the connection broke. */
export type Phase = 'asking' | 'answering';

/** The error for a connection that failed or broke. */
export function connectionFailure(
  cause: unknown,
  {address, phase}: {address: ServerAddress; phase: Phase},
): RetakeError {
  if (cause instanceof RetakeError) return cause;
  const upstream = `the upstream at ${address.display}`;
  if (phase === 'answering') {
    return new RetakeError('upstream_failed', `The answer of ${upstream} was cut off before its end`, {
      cause,
    });
  }
  if (cause instanceof Error && cause.name === 'HTTPParserError') {
    return new RetakeError('upstream_failed', `Expected HTTP from ${upstream}, but it sent something else`, {
      cause,
    });
  }
  const code = codeOf(cause);
  const message = cause instanceof Error ? cause.message : String(cause);
  const problem = connectionProblems[code] ?? message;
  const refused = /^Proxy response \((\d+)\)/.exec(message)?.[1];
  if (cause instanceof ProxyFailure || refused !== undefined) {
    const what =
      cause instanceof ProxyFailure ? ` ${cause.proxy}: ${problem}` : `: it refuses with HTTP ${refused}`;
    return new RetakeError('upstream_unavailable', `Cannot reach ${upstream} through the proxy${what}`, {
      cause,
      hint: 'Check HTTP_PROXY and HTTPS_PROXY. A host that needs no proxy goes into NO_PROXY.',
    });
  }
  return new RetakeError('upstream_unavailable', `Cannot reach ${upstream}: ${problem}`, {
    cause,
    hint: networkProblems.has(code)
      ? 'Check its address and the network. If this machine needs a proxy, set HTTP_PROXY and HTTPS_PROXY.'
      : 'Start it, or correct its address.',
  });
}

const connectionProblems: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it closed the connection without an answer',
  EPIPE: 'it closed the connection without an answer',
  UND_ERR_SOCKET: 'it closed the connection without an answer',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  ENOTFOUND: 'its host name is unknown',
  EAI_AGAIN: 'the lookup of its host name fails',
  ETIMEDOUT: 'connecting timed out',
  UND_ERR_CONNECT_TIMEOUT: 'connecting timed out',
  EHOSTUNREACH: 'there is no route to its host',
  ENETUNREACH: 'there is no route to its network',
  UND_ERR_DESTROYED: 'retake is closing',
  UND_ERR_CLOSED: 'retake is closing',
};

/** Problems on the way to a server, which may well be running. */
const networkProblems = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

const maximumQuoteLength = 2000;

/** The upstream's message as the end of a sentence. */
function quote(message: string | undefined): string {
  if (message === undefined) return '';
  return message.length <= maximumQuoteLength ? `: ${message}` : `: ${message.slice(0, maximumQuoteLength)}…`;
}
