import type {JsonObject, JsonValue} from './json.js';
import type {JsonSchema} from './schema.js';

/** A function that the model may call. The order of tools steers the answer, and is part of the key. */
export type Tool = {
  readonly name: string;
  readonly description?: string;
  /** Absent: it takes no arguments. */
  readonly parameters?: JsonSchema;
  /** Not part of the key. */
  readonly strict?: boolean;
};

/**
 * Whether the model may call tools, must, or must not. `allowed` are the names it may choose from, a set; absent means all. `validated`
 * is a free choice whose arguments must fit the schema.
 */
export type ToolChoice = {
  readonly type: 'auto' | 'none' | 'required' | 'validated';
  readonly allowed?: readonly string[];
};

/** A call that the model made, in the history. */
export type ToolCallPart = {
  readonly type: 'tool-call';
  /** Ties the call to its result within the request; normalised to `call-1`, `call-2`, … by order of appearance. */
  readonly call: string;
  readonly name: string;
  /** Their members keep their order; a string is text that is no JSON object, as the model wrote it. */
  readonly arguments: JsonObject | string;
};

/** What the client's function returned. */
export type ToolResultPart<Given> = {
  readonly type: 'tool-result';
  readonly call: string;
  /** The function's name, where the client says it. */
  readonly name?: string;
  /** A JSON object or list, or text. */
  readonly value: JsonValue;
  /** What came besides the value: pictures, documents. */
  readonly content?: readonly Given[];
  readonly isError?: true;
};
