import {isJsonObject, type JsonObject, parseJson} from '../../chat/json.js';
import {omitUndefined} from '../../chat/omit-undefined.js';
import type {InputGrammar, Tool} from '../../chat/tools.js';
import {RetakeError} from '../../errors.js';
import {syntaxErrorOf} from '../../grammars/input-grammar.js';
import {boundedPattern} from './bounded-pattern.js';

export type CustomToolDefinition = {
  readonly name: string;
  readonly description?: string | undefined;
  readonly grammar?: InputGrammar | undefined;
};

/**
 * A custom tool takes text where a function takes JSON. The model gets it as a function with one argument, the text: so the same recording
 * serves it through every API, and a model that knows only functions can call it.
 */
export function customToolAsFunction({name, description = '', grammar}: CustomToolDefinition): Tool {
  const pattern = grammar?.syntax === 'regex' ? boundedPattern(grammar.definition) : undefined;
  const text = [description, ...(grammar ? [describeGrammar(grammar)] : [])].filter(part => part !== '');
  return omitUndefined({
    name,
    description: text.length > 0 ? text.join('\n\n') : undefined,
    parameters: {
      type: 'object',
      properties: {input: omitUndefined({type: 'string', pattern})},
      required: ['input'],
      additionalProperties: false,
    },
    inputGrammar:
      pattern === undefined && grammar ? {syntax: grammar.syntax, definition: grammar.definition} : undefined,
  });
}

/**
 * A grammar that parses.
 * @throws RetakeError `invalid_request` that names the parameter
 */
export function checkedGrammar<Given extends InputGrammar>(grammar: Given, path: string): Given {
  const fault = syntaxErrorOf(grammar);
  if (fault === undefined) return grammar;
  const field = `${path}.definition`;
  throw new RetakeError(
    'invalid_request',
    `Invalid '${field}': invalid ${syntaxNames[grammar.syntax]}: ${fault}.`,
    {
      field,
      reason: 'invalid_value',
    },
  );
}

const syntaxNames = {lark: 'Lark grammar', regex: 'regular expression'} as const;

function describeGrammar({syntax, definition}: InputGrammar): string {
  return `The input must match this ${syntaxNames[syntax]}:\n${definition}`;
}

/** The arguments of the function for a text that a custom tool was called with. */
export function argumentsOfInput(input: string): JsonObject {
  return {input};
}

/** The text that a custom tool is called with: the whole argument text if the model wrote something else than an object with `input`. */
export function inputOfArguments(text: string): string {
  if (text.trim() === '') return '';
  try {
    const value = parseJson(text);
    const input = isJsonObject(value) ? value['input'] : undefined;
    return typeof input === 'string' ? input : text;
  } catch {
    // Not JSON: the model wrote the text itself.
    return text;
  }
}
