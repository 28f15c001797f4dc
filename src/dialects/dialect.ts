import type {AnswerChunk, Chunks, Usage} from '../chat/chunk.js';
import type {JsonObject, JsonValue} from '../chat/json.js';
import type {Attachment} from '../chat/media.js';
import type {AskedRequest, ChatRequest, Content, CountTokensRequest, EmbedRequest} from '../chat/request.js';
import type {SchemaFault} from '../chat/schema-fault.js';
import type {SharedObjects} from '../chat/shared-objects.js';
import type {RetakeError} from '../errors.js';
import type {Refusal} from '../faults/fault.js';
import type {AnswerDecoder} from './kit/answer-decoder.js';

/**
 * The description of an API that the rest of retake needs. A new dialect is a folder with the same file names as the others, and a line in
 * `dialects/registry.ts`.
 */
export type DialectTraits = {
  /** Its name in routes, logs and flags: lower case. */
  readonly name: string;
  /** How surely a request belongs to this API; undefined if it does not. */
  claims(request: UnaddressedRequest): Claim | undefined;
  /** The endpoint that a JSON body without a path means. */
  guess(body: JsonObject): Guess;
  /** Request headers that decide which API a request belongs to, or how it is answered. No other header can change an answer. */
  readonly answerHeaders: {
    readonly byValue: readonly string[];
    /** Headers of which only the presence matters, such as credentials. */
    readonly byPresence: readonly string[];
  };
  /** The environment variables that make this API's SDKs send their requests to `address`. */
  clientVariables(address: string, inherited: Environment): Readonly<Record<string, string>>;
  /** Absent if no server of the API's own can be recorded. */
  readonly provider?: ProviderTraits;
};

/** The server that an API comes from. */
export type ProviderTraits = {
  /** As the API's SDKs take it. */
  readonly baseUrl: string;
  /** The segment that SDKs have at the end of their base URL, whatever it is called there: `v1`. */
  readonly version?: string;
  /** The path of its list of models, as a client sends it. */
  readonly modelList: string;
  /** The environment variable that SDKs take their key from. */
  readonly keyVariable: string;
  /** The headers that have a key, in lower case. */
  readonly keyHeaders: readonly string[];
  /** The header with the version of the API, if each request needs one. */
  readonly versionHeader?: readonly [string, string];
  /** The header that has a key; `given` are the names of the headers of a request, in lower case. */
  keyHeader(key: string, given: readonly string[]): readonly [string, string];
};

export type DialectDefinition = DialectTraits & {create(services: DialectServices): Dialect};

/**
 * A wire protocol: which requests belong to it, how to decode them, and how to encode answers and errors. Dialects do not depend on
 * cassettes, upstreams or sockets.
 */
export type Dialect = DialectTraits & {
  /** Finds the endpoint of a path, in every spelling that SDKs use; undefined if the API has no such endpoint. */
  locate(method: string, path: string): Location | undefined;
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  /** Parses the body of a question; absent if the API takes strict JSON only. */
  readonly parseBody?: (bytes: Uint8Array) => JsonValue;
  /** What in a question changes how its answer is written, and not what it says: two such questions have one recording, but not its bytes. */
  readonly wireVariant?: (query: URLSearchParams, body: JsonValue) => string;
  encodeError(error: RetakeError): EncodedError;
  /** The error for a broken schema in the body of a question, in the real API's words, with the name of the field. Absent: the neutral one. */
  readonly schemaError?: ((fault: SchemaFault, body: JsonValue) => RetakeError) | undefined;
  /** The error that the real API sends when it refuses an answer so, with its status, headers and body. Absent: only the status says it. */
  readonly faultError?: ((refusal: Refusal, question: FaultQuestion) => RetakeError) | undefined;
};

/** What errors of the real APIs tell about the request that they refuse. */
export type FaultQuestion = {
  /** The model's name as the client wrote it. */
  readonly model: string;
  /** Unix time in milliseconds. */
  readonly now: number;
};

/** As Node's HTTP server has them, in types that need no package: names in lower case. */
export type RequestHeaders = {
  readonly host?: string | undefined;
  readonly 'content-type'?: string | undefined;
  readonly [name: string]: string | readonly string[] | undefined;
};

/** A request of which only the head is known. */
export type UnaddressedRequest = {
  /** Without `/@name` and without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: RequestHeaders;
};

/**
 * How surely a request belongs to an API, the surest first:
 * - `certain`: no other API has such a path
 * - `signature`: a path or header that only this API's SDKs send
 * - `path`: a path of this API, which other APIs could have too
 * - `credential`: a credential of this API
 * - `fallback`: it accepts what no other API claims
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

/** `params` are the percent-decoded parameters of the path, for instance a model name. */
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
  readonly headers: RequestHeaders;
  /** The path as the client wrote it, without `/@name` and without the query. */
  readonly path: string;
  /** The prefix of the path that chose the cassette, `/@name`: URLs in responses need it. */
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
  /** Reads the provider's own answers; absent if they have no meaning for retake. */
  readonly decoder?: AnswerDecoder;
  /** Writes a neutral chat for the provider, to be answered at once; absent if the endpoint has no chats, or another one writes them. */
  readonly encodeRequest?: (request: ChatRequest<Content | Attachment>, model: string) => EncodedRequest;
  /** The same for embeddings. */
  readonly encodeEmbed?: (request: EmbedRequest, model: string) => EncodedRequest;
  /** The same for token counts. */
  readonly encodeCount?: (request: CountTokensRequest<Content | Attachment>, model: string) => EncodedRequest;
};

/** A request of a client: its path, and its body. */
export type EncodedRequest = {readonly path: string; readonly body: JsonObject};

/** An endpoint that needs no model: the proxy itself stores what it serves. */
export type LocalEndpoint = {
  readonly kind: 'local';
  /** Set if it is about retake itself, and never for the provider of the API. */
  readonly isOwn?: true;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** @throws RetakeError in the real API's words. */
  answer(request: RawRequest): LocalAnswer | Promise<LocalAnswer>;
};

export type LocalAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
};

/** A decoded request, and the format of its answer. */
export type DecodedRequest = {
  readonly request: AskedRequest;
  /** The model's name as the client wrote it; echoed in the answer. */
  readonly modelName: string;
  readonly answer: AnswerFormat;
  /** Requested things that retake does not do, a sentence each, for the header `x-retake-warning` and the log. */
  readonly warnings?: readonly string[];
  /** What the real API refuses about the request, although it can be answered, in the API's words. */
  readonly refusals?: readonly RetakeError[];
  /** Set if the request refers to something that the proxy stores, so that the same bytes can mean something else later. */
  readonly dependsOnState?: boolean | undefined;
  /** Called with all chunks of a completely delivered answer, for APIs that let a client fetch it again. */
  readonly onAnswered?: ((chunks: readonly AnswerChunk[], identity: AnswerIdentity) => void) | undefined;
};

/** Encodes an answer for the client. Both forms are pure: the same chunks and identity give the same bytes. */
export type AnswerFormat<Chunk extends AnswerChunk = AnswerChunk> =
  | {
      readonly delivery: 'unary';
      headers(identity: AnswerIdentity): Readonly<Record<string, string>>;
      /** Folds the answer and encodes it as one body. A property, so that its chunks are checked strictly. */
      readonly encode: (chunks: Chunks<Chunk>, identity: AnswerIdentity) => Promise<string>;
    }
  | {
      readonly delivery: 'stream';
      headers(identity: AnswerIdentity): Readonly<Record<string, string>>;
      /** Yields complete events. */
      readonly encodeStream: (chunks: Chunks<Chunk>, identity: AnswerIdentity) => AsyncIterable<string>;
      /** What the API itself sends while its model is silent; absent if it sends nothing. */
      readonly keepAliveEvent?: string;
      /** The in-stream form of a failure after the first event. */
      encodeStreamError(error: RetakeError): string;
    };

/** What a dialect needs from the proxy. */
export type DialectServices = {
  /** The clock, in Unix milliseconds: for objects that the proxy stores and lists, never for an answer. */
  readonly now: () => number;
  /** The upstream's name for its model, if it is known, for model lists. */
  readonly localModel: () => string | undefined;
  /** Where objects that clients store are shared with other processes; absent: this process alone has them. */
  readonly objects?: SharedObjects | undefined;
  /** Sends a request of its own API to the proxy itself, for APIs that take requests to be sent later. */
  readonly send: (request: OwnRequest) => Promise<OwnAnswer>;
};

/** A request to the proxy itself, whose body is JSON. */
export type OwnRequest = {
  /** With the prefix that chooses the cassette. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type OwnAnswer = {readonly status: number; readonly body: string};

/** The id and the time in an answer; both belong to the take, so replays are byte-identical. */
export type AnswerIdentity = {
  /** 24 hexadecimal digits; dialects put their prefix in front. */
  readonly id: string;
  /** Unix time in seconds. */
  readonly createdAt: number;
  /** Of a replay: what is known before its first chunk. A live answer has its token counts at its end. */
  readonly replayed?: {readonly usage: Usage | undefined} | undefined;
};
