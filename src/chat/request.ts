import type {JsonObject, JsonValue} from './json.js';

/**
 * What was asked, in no provider's words. These are pure values: no header, no clock, no id of ours. An absent member means
 * that the client did not say; `normalizeRequest` gives equal questions equal values.
 */
export type ChatRequest = {
  readonly operation: 'chat';
  /** The name that the upstream is asked for; present only when client names are forwarded. */
  readonly model?: string;
  readonly turns: readonly Turn[];
  readonly sampling?: Sampling;
  readonly output?: OutputFormat;
  /** How many answers are wanted; absent means one. */
  readonly candidates?: number;
  /** Token log probabilities are wanted, with `top` alternatives for each token. */
  readonly logprobs?: {readonly top: number};
  readonly reasoning?: Reasoning;
  /** Fields that the dialect passes on as they came: forwarded to the upstream and part of the key. */
  readonly extras?: JsonObject;
};

/** Whatever needs the model. Embeddings and token counts will be further members, told apart by `operation`. */
export type ModelRequest = ChatRequest;

export type Role = 'system' | 'user' | 'assistant' | 'tool';

export type Turn = {
  readonly role: Role;
  /** The participant's name, where the API has one. */
  readonly name?: string;
  readonly parts: readonly Part[];
};

export type Part = {readonly type: 'text'; readonly text: string};

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
  | {readonly type: 'json-schema'; readonly schema: JsonSchema; readonly description?: string}
  /** One of the schema's `enum` strings, answered bare, without quotes. */
  | {readonly type: 'enum'; readonly schema: JsonSchema};

/** A JSON Schema: an object of keywords, or `true` or `false`. The order of `properties` is part of its meaning. */
export type JsonSchema = JsonValue;

export type Reasoning = {
  readonly effort?: string;
  /** Thinking budget in tokens. */
  readonly budget?: number;
  readonly includeThoughts?: boolean;
};
