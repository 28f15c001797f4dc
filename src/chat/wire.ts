import {type AnsweredError, type ErrorCode, RetakeError} from '../errors.js';
import type {AnswerChunk, ReplyEnd} from './chunk.js';
import type {JsonValue} from './json.js';

/** How an answer of an API is sent. Answers to one question have the same bytes only in the same form. */
export type WireForm = {
  readonly dialect: string;
  /** The endpoint, with the fields of its request that change only how an answer is written; empty for a raw question. */
  readonly endpoint: string;
  /** `raw` is that of a request which the neutral language cannot express. */
  readonly delivery: 'unary' | 'stream' | 'raw';
};

export function isSameForm(one: WireForm, other: WireForm | undefined): boolean {
  const {dialect, endpoint, delivery} = one;
  return dialect === other?.dialect && endpoint === other.endpoint && delivery === other.delivery;
}

export type WireHeaders = Readonly<Record<string, string | string[]>>;

/** An answer in the bytes of the API that gave it, without its content encoding. */
export type WireAnswer = WireForm & {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** In the order in which they came; the events of a stream are pieces of their own. */
  readonly pieces: readonly WirePiece[];
};

export type WirePiece = {
  /** Milliseconds since the request was sent, whole. */
  readonly at: number;
  readonly bytes: Uint8Array;
};

export type WireHead = {
  readonly type: 'wire-head';
  readonly form: WireForm;
  readonly status: number;
  readonly headers: WireHeaders;
};

export type WireData = {
  readonly type: 'wire-data';
  readonly bytes: Uint8Array;
  /** After it, a client of a stream takes the answer for complete. */
  readonly isLast?: boolean | undefined;
};

/**
 * What a provider's bytes are, once they are not the chunks that come with them:
 * - `raw`: a complete answer that is no chunks, or was not understood. It can be kept in its bytes only
 * - `failed`: no answer, or not all of one. The client has got what the provider sent; it is never kept
 */
export type WireVerdict = {
  readonly type: 'wire-verdict';
  readonly verdict: 'raw' | 'failed';
  readonly reason?: RetakeError | undefined;
  /** The tokens that such an answer says it took. */
  readonly spent?:
    | {readonly model: string; readonly inputTokens: number; readonly outputTokens: number}
    | undefined;
};

export type WireChunk = WireHead | WireData | WireVerdict;

/** An answer on its way: its chunks, and with a provider as upstream its bytes between them, in any order up to `reply-end`. */
export type StreamedChunk = AnswerChunk | WireChunk;

export function isWireChunk(chunk: StreamedChunk): chunk is WireChunk {
  return chunk.type === 'wire-head' || chunk.type === 'wire-data' || chunk.type === 'wire-verdict';
}

/** The reason that the chunks of a raw answer end with, which has no chunks besides its start and its end. */
export const rawFinish = 'raw';

/** The reason that the chunks of an error end with, which are a start and an end as well. */
export const errorFinish = 'error';

/** The end of an answer that is kept in its bytes only. */
export const rawEnd: ReplyEnd = {type: 'reply-end', finish: [{unified: 'other', raw: rawFinish}]};

/** A client's request as it came, for the provider of its API. It is never stored. */
export type ClientRequest = {
  readonly form: WireForm;
  readonly method: string;
  /** Without `/@name` and without the query. */
  readonly path: string;
  /** Empty, or with its question mark. */
  readonly query: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly bytes: Uint8Array;
  /** The key that retake sends in place of the client's: nothing that the client gets may repeat it. */
  readonly ownKey?: string | undefined;
  /** Reads the answer; absent if only its bytes can be kept. */
  readonly reader?: AnswerReader | undefined;
};

export type AnswerReader = {
  /** @throws RetakeError `upstream_failed` if it is not an answer */
  readBody(body: JsonValue): readonly AnswerChunk[];
  /** Whether a stream may be JSON: an array, of which each element is an event. */
  readonly streamsJson?: boolean | undefined;
  openStream(): {
    /** @throws RetakeError `upstream_failed` if the event is not understood */
    push(event: {readonly event?: string | undefined; readonly data: string}): readonly AnswerChunk[];
    /** @throws RetakeError `upstream_failed` if the answer is not complete */
    end(): readonly AnswerChunk[];
  };
};

type RelayedResponse = {
  readonly status: number;
  readonly headers: WireHeaders;
  readonly body: Uint8Array;
};

/** Our code for the error of a provider, which says whether a retry can help. */
export function codeOfStatus(status: number): ErrorCode {
  if (status === 401 || status === 403) return 'upstream_unauthorized';
  if (status === 429 || status === 503 || status === 529) return 'upstream_unavailable';
  return status >= 500 ? 'upstream_failed' : 'upstream_rejected';
}

/**
 * An error with which an upstream answered a question. One about a key is none: it says something of this run. Nor is a redirect.
 */
export function answeredError(status: number, by?: string): AnsweredError | undefined {
  return status < 400 || status === 401 || status === 403 ? undefined : {status, by};
}

/** A provider's own error, which the client gets as it came. The message has nothing of its body, which may repeat a credential. */
export class RelayedError extends RetakeError {
  readonly response: RelayedResponse;
  /** How its bytes can be sent again; absent for an error that is played. */
  readonly form: WireForm | undefined;

  constructor(
    message: string,
    response: RelayedResponse,
    {form, by}: {readonly form?: WireForm; readonly by?: string} = {},
  ) {
    const {status} = response;
    super(codeOfStatus(status), message, {status, answered: answeredError(status, by)});
    this.response = response;
    this.form = form;
  }
}

/** A wire answer's body in one piece. */
export function wireBody({pieces}: Pick<WireAnswer, 'pieces'>): Buffer {
  return Buffer.concat(pieces.map(({bytes}) => bytes));
}

/** Bytes as text; undefined if they are not UTF-8. */
export function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);
  } catch {
    // Sound, pictures and archives are no text.
    return undefined;
  }
}
