import type {JsonObject} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {Tool} from '../../../chat/tools.js';
import {checkWire} from '../check-wire.js';
import {checkedGrammar, customToolAsFunction} from '../custom-tools.js';
import {refuseUnsupported} from '../handling.js';
import {type CallForm, nameForModel} from './call-forms.js';
import {
  CustomFormatType,
  CustomTool,
  FunctionTool,
  GrammarFormat,
  MemberType,
  NamespaceTool,
  TextFormat,
} from './tool-schema.js';

/** A tool that the client runs. */
export type ClientTool = {readonly tool: Tool; readonly form: CallForm};

const checkFunction = checkWire(FunctionTool);
const checkCustom = checkWire(CustomTool);
const checkNamespace = checkWire(NamespaceTool);
const checkMemberType = checkWire(MemberType);
const checkFormatType = checkWire(CustomFormatType);
const checkTextFormat = checkWire(TextFormat);
const checkGrammar = checkWire(GrammarFormat);

/** The functions that a tool of a request stands for: one, or those of a namespace. */
export function decodeClientTool(
  type: 'function' | 'custom' | 'namespace',
  value: JsonObject,
  path: string,
): readonly ClientTool[] {
  if (type !== 'namespace') return [decodeOne(type, value, path)];
  const {name: namespace, description, tools} = checkNamespace(value, path);
  return tools.map((member, index) => {
    const at = `${path}.tools[${index}]`;
    const {tool, form} = decodeOne(checkMemberType(member, at).type, member, at);
    const placed = {...form, namespace};
    return {tool: {...described(tool, description), name: nameForModel(placed)}, form: placed};
  });
}

function decodeOne(type: 'function' | 'custom', value: JsonObject, path: string): ClientTool {
  return type === 'function' ? decodeFunction(value, path) : decodeCustom(value, path);
}

function decodeFunction(value: JsonObject, path: string): ClientTool {
  const checked = checkFunction(value, path);
  refuseUnsupported(FunctionTool, checked, path);
  const {name, description, parameters, strict} = checked;
  return {tool: omitUndefined({name, description, parameters, strict}), form: {type: 'function_call', name}};
}

function decodeCustom(value: JsonObject, path: string): ClientTool {
  const checked = checkCustom(value, path);
  refuseUnsupported(CustomTool, checked, path);
  const {name, description, format} = checked;
  const grammar = format && decodeFormat(format, `${path}.format`);
  return {tool: customToolAsFunction({name, description, grammar}), form: {type: 'custom_tool_call', name}};
}

function decodeFormat(format: JsonObject, path: string) {
  if (checkFormatType(format, path).type === 'grammar')
    return checkedGrammar(checkGrammar(format, path), path);
  checkTextFormat(format, path);
  return undefined;
}

/** A tool of a namespace with what the namespace says about itself. */
function described(tool: Tool, description = ''): Tool {
  if (description === '') return tool;
  return {...tool, description: tool.description ? `${description}\n\n${tool.description}` : description};
}
