import type {JsonObject, JsonValue} from './json.js';
import type {JsonSchema} from './schema.js';

/** A function that the model may call. The order of tools influences the answer and is part of the key. */
export type Tool = {
  readonly name: string;
  readonly description?: string;
  /** Absent: the function has no parameters. */
  readonly parameters?: JsonSchema;
  /** Not part of the key. */
  readonly strict?: boolean;
  /** The grammar of the only argument, the text `input`. Not part of the key: the description repeats it. */
  readonly inputGrammar?: InputGrammar;
};

/** The grammar of a text: of Lark, or a regular expression that matches all of it. */
export type InputGrammar = {readonly syntax: 'lark' | 'regex'; readonly definition: string};

/**
 * Whether the model may call tools, must, or must not. `allowed` are the names it may choose from, a set; absent means all. `validated`
 * is a free choice whose arguments must fit the schema.
 */
export type ToolChoice = {
  readonly type: 'auto' | 'none' | 'required' | 'validated';
  readonly allowed?: readonly string[];
};

/** A tool call in the history. */
export type ToolCallPart = {
  readonly type: 'tool-call';
  /** Ties the call to its result within the request; normalised to `call-1`, `call-2`, … by order of appearance. */
  readonly call: string;
  readonly name: string;
  /** An object with its member order, or a string if the model wrote something else than a JSON object. */
  readonly arguments: JsonObject | string;
};

/** The result of a tool call. */
export type ToolResultPart<Given> = {
  readonly type: 'tool-result';
  readonly call: string;
  /** The name of the function, if the client sent it. */
  readonly name?: string;
  /** A JSON object or list, or text. */
  readonly value: JsonValue;
  /** Content besides the value: images, documents. */
  readonly content?: readonly Given[];
  readonly isError?: true;
};
