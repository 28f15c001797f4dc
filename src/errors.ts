/**
 * Every error that a user of retake can get: its code, its HTTP status, and whether a retry can help.
 * Dialects turn a code into their own error shape; nothing else in the project invents a status.
 */
export const errorCatalogue = {
  invalid_request: {status: 400, retryable: false},
  not_supported: {status: 400, retryable: false},
  forbidden_host: {status: 403, retryable: false},
  mode_not_allowed: {status: 403, retryable: false},
  not_found: {status: 404, retryable: false},
  cassette_miss: {status: 400, retryable: false},
  no_cassette: {status: 404, retryable: false},
  request_timeout: {status: 408, retryable: false},
  request_too_large: {status: 413, retryable: false},
  unsupported_media_type: {status: 415, retryable: false},
  headers_too_large: {status: 431, retryable: false},
  client_closed: {status: 499, retryable: false},
  internal: {status: 500, retryable: false},
  cassette_invalid: {status: 500, retryable: false},
  cassette_write_failed: {status: 500, retryable: false},
  store_unavailable: {status: 503, retryable: true},
  no_upstream: {status: 501, retryable: false},
  rasterizer_missing: {status: 501, retryable: false},
  upstream_rejected: {status: 400, retryable: false},
  context_length_exceeded: {status: 400, retryable: false},
  upstream_failed: {status: 502, retryable: true},
  upstream_busy: {status: 429, retryable: true},
  upstream_unavailable: {status: 503, retryable: true},
  upstream_timeout: {status: 504, retryable: true},
  upstream_unauthorized: {status: 502, retryable: false},
  invalid_setting: {status: 500, retryable: false},
  settings_differ: {status: 500, retryable: false},
  port_in_use: {status: 500, retryable: false},
  setup_failed: {status: 500, retryable: false},
  git_failed: {status: 500, retryable: false},
  github_forbidden: {status: 403, retryable: false},
  github_failed: {status: 502, retryable: false},
  engine_failed: {status: 502, retryable: true},
  fault: {status: 500, retryable: true},
  method_not_allowed: {status: 405, retryable: false},
  token_limit_reached: {status: 403, retryable: false},
} as const satisfies Record<string, {readonly status: number; readonly retryable: boolean}>;

export type ErrorCode = keyof typeof errorCatalogue;

export type ErrorDetails = {
  /** What the reader can do about it: one sentence or a command. Names an option as "the option `port`", never a flag. */
  readonly hint?: string | undefined;
  /** The invalid field of the request body, as the client spelled it: `messages[2].content`. */
  readonly field?: string | undefined;
  /** The error code of the dialect's API, if it is more specific than ours: `invalid_type`. */
  readonly reason?: string | undefined;
  /** Replaces the catalogue's status: an upstream's own 4xx keeps its number. */
  readonly status?: number | undefined;
  /** Headers of the response. Of the upstream's own error, those that are for the client: when to ask again, and its rate limits. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** How long a prompt is that is too long for the model. */
  readonly contextLength?: ContextLength | undefined;
  /** The whole body of the response in the words of the dialect's API, instead of one with this message. */
  readonly body?: JsonBody | undefined;
  /** Set if the upstream itself answered with an error: its HTTP status, and who it is. */
  readonly answered?: AnsweredError | undefined;
  readonly cause?: unknown;
};

/** In tokens. */
export type ContextLength = {readonly tokens: number; readonly limit: number};
export type AnsweredError = {readonly status: number; readonly by?: string | undefined};

type JsonBody = {readonly [member: string]: JsonBodyValue};
type JsonBodyValue = null | boolean | number | string | JsonBody | readonly JsonBodyValue[];

/** An error with a message for the user: what was expected, what was received, what to do. */
export class RetakeError extends Error {
  override readonly name = 'RetakeError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly retryable: boolean;
  readonly hint: string | undefined;
  readonly field: string | undefined;
  readonly reason: string | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly contextLength: ContextLength | undefined;
  readonly body: JsonBody | undefined;
  readonly answered: AnsweredError | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : {cause: details.cause});
    this.code = code;
    this.status = details.status ?? errorCatalogue[code].status;
    this.retryable = errorCatalogue[code].retryable;
    this.hint = details.hint;
    this.field = details.field;
    this.reason = details.reason;
    this.headers = details.headers;
    this.contextLength = details.contextLength;
    this.body = details.body;
    this.answered = details.answered;
  }
}

/** Any thrown value as a RetakeError; others become `internal`, with their cause. */
export function toRetakeError(error: unknown): RetakeError {
  if (error instanceof RetakeError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new RetakeError('internal', `retake failed on this request: ${message}`, {cause: error});
}

/** The end of an exhaustive `switch`: a compile error when a variant is missing. */
export function unreachable(value: never): never {
  throw new RetakeError('internal', `Unexpected value ${JSON.stringify(value)}`);
}
