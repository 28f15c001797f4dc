import type {JsonObject, JsonValue} from './json.js';
import type {Attachment, DocumentPart, ImagePart} from './media.js';
import type {JsonSchema} from './schema.js';
import type {Tool, ToolCallPart, ToolChoice, ToolResultPart} from './tools.js';

/**
 * A request in neutral form, independent of any provider. Requests are pure values: no headers, no clock, no generated ids. An absent
 * member means that the client did not set it; `normalizeRequest` gives equivalent requests equal values.
 *
 * `Given` is the content of turns besides tool calls: {@link AskedContent} as a dialect decodes it, and {@link Content} after each
 * attachment was identified by its content.
 */
export type ModelRequest<Given = Content> =
  | ChatRequest<Given>
  | CompletionRequest
  | EmbedRequest<Given>
  | CountTokensRequest<Given>;

/** Everything that a cassette keeps. */
export type AnyRequest<Given = Content> = ModelRequest<Given> | RawRequest;

/** A request as a dialect decodes it: attachments are still the bytes or URLs that the client sent. */
export type AskedRequest = ModelRequest<AskedContent>;

export type ChatRequest<Given = Content> = {
  readonly operation: 'chat';
  /** The model name for the upstream; present only if client names are forwarded. */
  readonly model?: string;
  readonly turns: readonly Turn<Given>[];
  readonly tools?: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  /** Absent: an answer may contain several calls. */
  readonly parallelToolCalls?: false;
  readonly sampling?: Sampling;
  readonly output?: OutputFormat;
  /** The number of answers. Default: 1. */
  readonly candidates?: number;
  /** Request token log probabilities, with `top` alternatives for each token. */
  readonly logprobs?: {readonly top: number};
  readonly reasoning?: Reasoning;
  /** Tools that the provider would run itself, as the client wrote them: part of the key, not sent upstream. */
  readonly serverTools?: readonly JsonObject[];
  /** Fields that the dialect passes on unchanged: sent upstream, and part of the key. */
  readonly extras?: JsonObject;
  readonly unkeyed?: Unkeyed;
};

/**
 * How the client wrote what means the same in other words. It is left out of the key, and sent to a server that is asked as the client
 * asked; so are the name of an output format, `strict`, and everything else that `normalizeRequest` makes equal.
 */
export type Unkeyed = {
  /** The client's field for the token limit, if it is not `max_tokens`. */
  readonly maxTokensField?: 'max_completion_tokens';
  /** The client said that several calls may come in one answer. */
  readonly parallelToolCalls?: true;
  /** Fields that do not change an answer, as they came: `user`, `service_tier`. */
  readonly fields?: JsonObject;
};

/** Text to continue, without turns. There are `candidates` answers for each prompt, numbered in the order of prompts. */
export type CompletionRequest = {
  readonly operation: 'complete';
  readonly model?: string;
  readonly prompts: readonly [string, ...string[]];
  readonly sampling?: Sampling;
  readonly candidates?: number;
  readonly logprobs?: {readonly top: number};
  readonly extras?: JsonObject;
};

/** An embeddings request. */
export type EmbedRequest<Given = Content> = {
  readonly operation: 'embed';
  readonly model?: string;
  readonly inputs: readonly EmbedInput<Given>[];
  readonly extras?: JsonObject;
};

export type EmbedInput<Given = Content> = {
  /** One input as content, or as token ids of the model. */
  readonly content: readonly Given[] | {readonly tokens: readonly number[]};
  /** The purpose of the embedding, as the API spells it: `RETRIEVAL_QUERY`. */
  readonly task?: string;
  readonly title?: string;
  /** The wanted number of dimensions. Default: that of the model. */
  readonly dimensions?: number;
};

/** A request to count the tokens of a chat request. */
export type CountTokensRequest<Given = Content> = {
  readonly operation: 'count-tokens';
  readonly model?: string;
  readonly turns: readonly Turn<Given>[];
  readonly tools?: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  readonly output?: OutputFormat;
  readonly extras?: JsonObject;
};

/**
 * A request to an API that the neutral language cannot express: an endpoint that is not translated, or a field that is refused. Its answer
 * is kept in the API's own bytes.
 */
export type RawRequest = {
  readonly operation: 'raw';
  readonly model?: string;
  /** The name of the dialect. */
  readonly api: string;
  readonly method: string;
  readonly path: string;
  /** `name=value`, sorted, without credentials. */
  readonly query?: readonly string[];
  readonly body?: RawBody;
};

export type RawBody = {readonly json: JsonValue} | {readonly parts: readonly RawPart[]} | RawDigest;

/** A part of a multipart body: a short one in full, a file as its digest. */
export type RawPart = {readonly name?: string; readonly filename?: string} & (
  | {readonly text: string}
  | RawDigest
);

type RawDigest = {readonly sha256: string; readonly length: number; readonly mediaType: string};

export type Role = 'system' | 'user' | 'assistant' | 'tool';

export type Turn<Given = Content> = {
  readonly role: Role;
  /** The participant's name, if the API has one. */
  readonly name?: string;
  readonly parts: readonly Part<Given>[];
};

export type Part<Given = Content> = Given | ToolCallPart | ToolResultPart<Given>;

/** Content for the model, identified by digests. */
export type Content = TextPart | ImagePart | DocumentPart;

/** Content as the client sent it. */
export type AskedContent = TextPart | Attachment;

export type TextPart = {readonly type: 'text'; readonly text: string};

export type Sampling = {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly seed?: number;
  readonly maxTokens?: number;
  /** A set: normalised to sorted order. */
  readonly stop?: readonly string[];
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  /** From token id to bias. */
  readonly logitBias?: Readonly<Record<string, number>>;
};

export type OutputFormat =
  | {readonly type: 'json'}
  | {
      readonly type: 'json-schema';
      readonly schema: JsonSchema;
      readonly description?: string;
      /** Not part of the key. */
      readonly name?: string;
      /** Not part of the key. */
      readonly strict?: boolean;
    }
  /** One of the schema's `enum` strings, as plain text without quotes. */
  | {readonly type: 'enum'; readonly schema: JsonSchema};

export type Reasoning = {
  readonly effort?: string;
  /** Thinking budget in tokens. */
  readonly budget?: number;
  readonly includeThoughts?: boolean;
};
