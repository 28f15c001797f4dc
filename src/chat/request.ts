import type {JsonObject} from './json.js';
import type {Attachment, DocumentPart, ImagePart} from './media.js';
import type {JsonSchema} from './schema.js';
import type {Tool, ToolCallPart, ToolChoice, ToolResultPart} from './tools.js';

/**
 * What was asked, in no provider's words. These are pure values: no header, no clock, no id of ours. An absent member means
 * that the client did not say; `normalizeRequest` gives equal questions equal values.
 *
 * `Given` is what stands in turns besides calls of tools: {@link Content} once everything attached is known by its content, and
 * {@link AskedContent} as a dialect decodes it.
 */
export type ModelRequest<Given = Content> =
  | ChatRequest<Given>
  | CompletionRequest
  | EmbedRequest<Given>
  | CountTokensRequest<Given>;

/** A request as a dialect decodes it: what a client attached is still the bytes or the address that it sent. */
export type AskedRequest = ModelRequest<AskedContent>;

export type ChatRequest<Given = Content> = {
  readonly operation: 'chat';
  /** The name that the upstream is asked for; present only when client names are forwarded. */
  readonly model?: string;
  readonly turns: readonly Turn<Given>[];
  readonly tools?: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  /** Absent means that several calls may come in one answer. */
  readonly parallelToolCalls?: false;
  readonly sampling?: Sampling;
  readonly output?: OutputFormat;
  /** How many answers are wanted; absent means one. */
  readonly candidates?: number;
  /** Token log probabilities are wanted, with `top` alternatives for each token. */
  readonly logprobs?: {readonly top: number};
  readonly reasoning?: Reasoning;
  /** Tools that the provider would run itself, as the client wrote them: part of the key, never sent upstream. */
  readonly serverTools?: readonly JsonObject[];
  /** Fields that the dialect passes on as they came: forwarded to the upstream and part of the key. */
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

/** Text to be continued, without turns. Candidates are counted through: `candidates` for each prompt, in the order of prompts. */
export type CompletionRequest = {
  readonly operation: 'complete';
  readonly model?: string;
  readonly prompts: readonly [string, ...string[]];
  readonly sampling?: Sampling;
  readonly candidates?: number;
  readonly logprobs?: {readonly top: number};
  readonly extras?: JsonObject;
};

/** Texts to be turned into vectors. */
export type EmbedRequest<Given = Content> = {
  readonly operation: 'embed';
  readonly model?: string;
  readonly inputs: readonly EmbedInput<Given>[];
  readonly extras?: JsonObject;
};

export type EmbedInput<Given = Content> = {
  /** What is embedded as one, or its tokens in the model's own numbers. */
  readonly content: readonly Given[] | {readonly tokens: readonly number[]};
  /** What the vector is for, in the API's own word: `RETRIEVAL_QUERY`. */
  readonly task?: string;
  readonly title?: string;
  /** How long the vector is wanted; absent means as the model makes it. */
  readonly dimensions?: number;
};

/** How many tokens a chat request would cost. */
export type CountTokensRequest<Given = Content> = {
  readonly operation: 'count-tokens';
  readonly model?: string;
  readonly turns: readonly Turn<Given>[];
  readonly tools?: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  readonly output?: OutputFormat;
  readonly extras?: JsonObject;
};

export type Role = 'system' | 'user' | 'assistant' | 'tool';

export type Turn<Given = Content> = {
  readonly role: Role;
  /** The participant's name, where the API has one. */
  readonly name?: string;
  readonly parts: readonly Part<Given>[];
};

export type Part<Given = Content> = Given | ToolCallPart | ToolResultPart<Given>;

/** What a model is given, known by its content. */
export type Content = TextPart | ImagePart | DocumentPart;

/** What a client sent. */
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
  /** Token id to bias. */
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
  /** One of the schema's `enum` strings, answered bare, without quotes. */
  | {readonly type: 'enum'; readonly schema: JsonSchema};

export type Reasoning = {
  readonly effort?: string;
  /** Thinking budget in tokens. */
  readonly budget?: number;
  readonly includeThoughts?: boolean;
};
