import {type JsonObject, stringifyJson} from '../../../chat/json.js';
import type {Content} from '../../../chat/request.js';
import type {ToolCallPart, ToolResultPart} from '../../../chat/tools.js';

/** The tags around calls and results in the text of a model whose chat template does not support tools. */
export const callStart = '<tool_call>';
export const callEnd = '</tool_call>';
export const resultStart = '<tool_result>';
export const resultEnd = '</tool_result>';

/** A call as the model writes it. Arguments that are not JSON stay as the text that the model wrote. */
export function writeCall({name, arguments: given}: Pick<ToolCallPart, 'name' | 'arguments'>): string {
  return `${callStart}${stringifyJson({name, arguments: given})}${callEnd}`;
}

/** The result of a call as the model reads it. */
export function writeResult(name: string, {value, isError}: ToolResultPart<Content>): string {
  const result: JsonObject = isError ? {name, error: value} : {name, result: value};
  return `${resultStart}${stringifyJson(result)}${resultEnd}`;
}
