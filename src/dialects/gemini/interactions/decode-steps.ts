import {isJsonObject, type JsonObject, type JsonValue} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {Content, FunctionResponse, Part} from '../generate-content/schema.js';
import {decodeContents, isContentType} from './decode-content.js';
import {invalidInput, listAt, objectAt, textAt} from './read-input.js';

/**
 * The input of an interaction as turns of generateContent, which continue `earlier` ones: a text, content, or steps. Steps of the model
 * that follow each other are one turn, and so are results of functions.
 */
export function decodeInput(input: JsonValue | undefined, earlier: readonly Content[]): readonly Content[] {
  const items = listAt(input);
  if (items.length === 0) throw invalidInput('input', 'must be specified.');
  const areSteps = items.some(item => isJsonObject(item) && !isContentType(item['type']));
  if (!areSteps) return [{role: 'user', parts: [...decodeContents(input, 'input')]}];
  const names = functionNames(earlier);
  const turns: (Content & {readonly parts: Part[]})[] = [];
  let lastKind: string | undefined;
  for (const [index, item] of items.entries()) {
    const field = `input[${index}]`;
    const step = objectAt(item, field);
    const {kind, role, parts} = decodeStep(step, field, names);
    if (parts.length === 0) continue;
    const last = turns.at(-1);
    if (last && kind === lastKind && kind !== 'input') last.parts.push(...parts);
    else turns.push({role, parts: [...parts]});
    lastKind = kind;
  }
  return turns;
}

type Step = {
  readonly kind: 'input' | 'output' | 'result';
  readonly role: 'user' | 'model';
  readonly parts: readonly Part[];
};

function decodeStep(step: JsonObject, field: string, names: Map<string, string>): Step {
  const type = textAt(step, 'type', field) ?? '';
  switch (type) {
    case 'user_input':
      return {kind: 'input', role: 'user', parts: decodeContents(step['content'], `${field}.content`)};
    case 'model_output':
      return said(decodeContents(step['content'], `${field}.content`));
    // The model does not get its earlier thoughts.
    case 'thought':
      return said([]);
    case 'function_call': {
      const {arguments: args = {}} = step;
      const id = textAt(step, 'id', field);
      const name = textAt(step, 'name', field) ?? '';
      if (id !== undefined) names.set(id, name);
      return said([{functionCall: omitUndefined({id, name, args: objectAt(args, `${field}.arguments`)})}]);
    }
    case 'function_result':
      return {kind: 'result', role: 'user', parts: [decodeResult(step, field, names)]};
    default:
      return decodeServerStep(step, type, field);
  }
}

function said(parts: readonly Part[]): Step {
  return {kind: 'output', role: 'model', parts};
}

/** What a tool of Google did: the model reads it as text. */
function decodeServerStep(step: JsonObject, type: string, field: string): Step {
  const [, tool = '', what] = /^([a-z_]+)_(call|result)$/.exec(type) ?? [];
  if (what === undefined) throw invalidInput(`${field}.type`, 'is not the type of a step.');
  const {arguments: args, result} = step;
  const toolType = tool.toUpperCase();
  if (what === 'call') return said([{toolCall: {toolType, args: isJsonObject(args) ? args : {}}}]);
  return said([
    {toolResponse: {toolType, response: isJsonObject(result) ? result : {result: result ?? null}}},
  ]);
}

function decodeResult(step: JsonObject, field: string, names: ReadonlyMap<string, string>): Part {
  const id = textAt(step, 'call_id', field);
  if (id === undefined) throw invalidInput(`${field}.call_id`, 'must be specified.');
  const called = names.get(id);
  if (called === undefined) {
    const description = `no function_call step of this conversation has the id ${JSON.stringify(id.slice(0, 100))}.`;
    throw invalidInput(`${field}.call_id`, description);
  }
  const name = textAt(step, 'name', field) ?? called;
  const {result = null, is_error: isError} = step;
  const member = isError === true ? 'error' : 'result';
  if (isJsonObject(result) && isError !== true) return responded({id, name, response: result});
  if (!Array.isArray(result)) return responded({id, name, response: {[member]: result}});
  const parts = decodeContents(result, `${field}.result`);
  const texts = parts.flatMap(({text}) => (text === undefined ? [] : [text]));
  const media = parts.filter(({text}) => text === undefined);
  return responded({
    id,
    name,
    response: texts.length > 0 ? {[member]: texts.join('\n')} : {},
    ...(omitUndefined({parts: media.length > 0 ? media : undefined}) as Pick<FunctionResponse, 'parts'>),
  });
}

function responded(functionResponse: FunctionResponse): Part {
  return {functionResponse};
}

/** The names of the functions that were called, by the ids of the calls: a result may have only the id. */
function functionNames(turns: readonly Content[]): Map<string, string> {
  const calls = turns.flatMap(({parts = []}) => parts.flatMap(({functionCall}) => functionCall ?? []));
  return new Map(calls.map(({id = '', name = ''}) => [id, name]));
}
