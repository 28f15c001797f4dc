import type {IncomingHttpHeaders} from 'node:http';
import type {AnswerChunk, Usage} from '../chat/chunk.js';
import type {JsonObject, JsonValue} from '../chat/json.js';
import type {AskedRequest} from '../chat/request.js';
import type {RetakeError} from '../errors.js';

/**
 * What an API says of itself before it is asked: everything that the rest of retake needs to know of it by name. Adding one is a folder with
 * the same file names as the others, and a line in `dialects/registry.ts`.
 */
export type DialectTraits = {
  /** Its name in routes, logs and flags: lower case. */
  readonly name: string;
  /** How surely a request belongs to this API; undefined when it does not. */
  claims(request: UnaddressedRequest): Claim | undefined;
  /** The endpoint that a JSON body without a path means. */
  guess(body: JsonObject): Guess;
  /** Request headers that decide whose request it is, or how it is answered. Any other header cannot change an answer. */
  readonly answerHeaders: {
    readonly byValue: readonly string[];
    /** Headers of which only the presence matters, such as credentials. */
    readonly byPresence: readonly string[];
  };
  /** The environment variables that make this API's SDKs send their requests to `address`. */
  clientVariables(address: string, inherited: Environment): Readonly<Record<string, string>>;
};

export type DialectDefinition = DialectTraits & {create(services: DialectServices): Dialect};

/**
 * A wire protocol: which requests are its own, how they are decoded, how answers and errors are encoded. Dialects do not depend on
 * cassettes, upstreams or sockets.
 */
export type Dialect = DialectTraits & {
  /** Finds the endpoint that a path means, under every spelling that SDKs use; undefined when the API has none there. */
  locate(method: string, path: string): Location | undefined;
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  /** Parses the body of a question; absent if the API takes strict JSON only. */
  readonly parseBody?: (bytes: Uint8Array) => JsonValue;
  encodeError(error: RetakeError): EncodedError;
};

/** A request of which only the head is known. */
export type UnaddressedRequest = {
  /** Without `/@name` and without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
};

/**
 * How surely a request belongs to an API, the surest first:
 * - `certain`: no other API has such a path
 * - `signature`: a path or header that only this API's SDKs send
 * - `path`: a path of this API, which other APIs could have too
 * - `credential`: a credential of this API
 * - `fallback`: it takes what no other API claims
 */
export const claims = ['certain', 'signature', 'path', 'credential', 'fallback'] as const;
export type Claim = (typeof claims)[number];

export type Guess = {
  readonly path: string;
  /** Whether the body looks like one of this API. */
  readonly fits: boolean;
};

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** `params` are what the path said, percent-decoded: a model's name, for instance. */
export type Location = {readonly endpoint: string; readonly params: Readonly<Record<string, string>>};

export type EncodedError = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** A request as it came, its path located. */
export type RawRequest = {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The path as the client wrote it, without `/@name` and without the query. */
  readonly path: string;
  /** What chose the cassette in front of the path, `/@name`: it belongs to addresses that the client is told. */
  readonly prefix?: string;
  /** The body as it came; empty when there is none. */
  readonly bytes: Uint8Array;
};

/** A request whose body is JSON. */
export type WireRequest = Omit<RawRequest, 'bytes'> & {readonly body: JsonValue};

export type Endpoint = QuestionEndpoint | LocalEndpoint;

/** An endpoint that asks the model. */
export type QuestionEndpoint = {
  readonly kind: 'question';
  readonly method: 'POST';
  /** @throws RetakeError `invalid_request` or `not_supported` in the real API's words, naming the field. */
  decodeRequest(wire: WireRequest): DecodedRequest;
};

/** An endpoint that needs no model: what it serves is kept by the proxy itself. */
export type LocalEndpoint = {
  readonly kind: 'local';
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** @throws RetakeError in the real API's words. */
  answer(request: RawRequest): LocalAnswer | Promise<LocalAnswer>;
};

export type LocalAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
};

/** What a client asked, and how it wants to be answered. */
export type DecodedRequest = {
  readonly request: AskedRequest;
  /** The model's name as the client wrote it; echoed in the answer. */
  readonly modelName: string;
  readonly answer: AnswerFormat;
  /** What is not done although it was asked for, a sentence each: told in the header `x-retake-warning` and the log. */
  readonly warnings?: readonly string[];
  /** Present when the request means what it means by something that the proxy keeps: the same bytes may ask something else later. */
  readonly dependsOnState?: true;
  /** Told every chunk of an answer that was delivered to its end: for what the API lets a client ask for again. */
  onAnswered?(chunks: readonly AnswerChunk[], identity: AnswerIdentity): void;
};

/** How an answer becomes the dialect's bytes. Both forms are pure: the same chunks and identity give the same bytes. */
export type AnswerFormat<Chunk extends AnswerChunk = AnswerChunk> =
  | {
      readonly delivery: 'unary';
      headers(identity: AnswerIdentity): Readonly<Record<string, string>>;
      /** Folds the answer as its operation needs, and writes it. A property, so that its chunks are checked strictly. */
      readonly encode: (chunks: AsyncIterable<Chunk>, identity: AnswerIdentity) => Promise<string>;
    }
  | {
      readonly delivery: 'stream';
      headers(identity: AnswerIdentity): Readonly<Record<string, string>>;
      /** Yields whole events, each ready to be written. */
      readonly encodeStream: (
        chunks: AsyncIterable<Chunk>,
        identity: AnswerIdentity,
      ) => AsyncIterable<string>;
      /** The in-stream form of a failure after the first event. */
      encodeStreamError(error: RetakeError): string;
    };

/** What a dialect needs to know of the proxy that it serves in. */
export type DialectServices = {
  /** The clock, in Unix milliseconds: for what the proxy itself keeps and lists, never for an answer. */
  readonly now: () => number;
  /** The upstream's own name for its model, where it is known: for lists of models. */
  readonly localModel: () => string | undefined;
};

/** The id and the time that an answer tells; both belong to the take, so replays are byte-identical. */
export type AnswerIdentity = {
  /** 24 hexadecimal digits; dialects put their prefix in front. */
  readonly id: string;
  /** Unix time in seconds. */
  readonly createdAt: number;
  /** What the whole answer costs, if it is known before its end: a recorded answer is replayed. */
  readonly usage?: Usage | undefined;
};
