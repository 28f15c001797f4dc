import type {IncomingHttpHeaders} from 'node:http';
import type {AnswerChunk} from '../chat/chunk.js';
import type {JsonValue} from '../chat/json.js';
import type {ChatReply} from '../chat/reply.js';
import type {ModelRequest} from '../chat/request.js';
import type {RetakeError} from '../errors.js';

/**
 * A wire protocol: which requests are its own, how they are decoded, how answers and errors are encoded. A dialect knows nothing of
 * cassettes, upstreams or sockets; adding one is a folder with the same file names and a line in `src/proxy.ts`.
 */
export type Dialect = {
  readonly name: DialectName;
  /** Finds the endpoint that a path means, under every spelling that SDKs use; undefined when the API has none there. */
  locate(method: string, path: string): Location | undefined;
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  encodeError(error: RetakeError): EncodedError;
};

export type DialectName = 'gemini' | 'openai' | 'anthropic';

/** `params` are what the path said, percent-decoded: a model's name, for instance. */
export type Location = {readonly endpoint: string; readonly params: Readonly<Record<string, string>>};

export type EncodedError = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** A request as it came, its path located and its body parsed. */
export type WireRequest = {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: JsonValue;
};

/** An endpoint that asks the model. Endpoints that need no model will be a second kind. */
export type Endpoint = {
  readonly method: 'POST';
  /** @throws RetakeError `invalid_request` or `not_supported` in the real API's words, naming the field. */
  decodeRequest(wire: WireRequest): DecodedRequest;
};

/** What a client asked, and how it wants to be answered. */
export type DecodedRequest = {
  readonly request: ModelRequest;
  /** The model's name as the client wrote it; echoed in the answer. */
  readonly modelName: string;
  readonly answer: AnswerFormat;
};

/** How an answer becomes the dialect's bytes. Both forms are pure: the same chunks and identity give the same bytes. */
export type AnswerFormat =
  | {
      readonly delivery: 'unary';
      headers(identity: AnswerIdentity): Readonly<Record<string, string>>;
      encodeReply(reply: ChatReply, identity: AnswerIdentity): string;
    }
  | {
      readonly delivery: 'stream';
      headers(identity: AnswerIdentity): Readonly<Record<string, string>>;
      /** Yields whole events, each ready to be written. */
      encodeStream(chunks: AsyncIterable<AnswerChunk>, identity: AnswerIdentity): AsyncIterable<string>;
      /** The in-stream form of a failure after the first event. */
      encodeStreamError(error: RetakeError): string;
    };

/** The id and the time that an answer tells; both belong to the take, so replays are byte-identical. */
export type AnswerIdentity = {
  /** 24 hexadecimal digits; dialects put their prefix in front. */
  readonly id: string;
  /** Unix time in seconds. */
  readonly createdAt: number;
};
