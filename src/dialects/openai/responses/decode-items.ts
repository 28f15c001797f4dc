import type {JsonObject} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {AskedContent, Part, Role, Turn} from '../../../chat/request.js';
import {RetakeError} from '../../../errors.js';
import type {RequestedFiles} from '../../kit/requested-files.js';
import {checkWire} from '../check-wire.js';
import {argumentsOfInput} from '../custom-tools.js';
import {notSupported, refuseUnsupported} from '../handling.js';
import {nameForModel} from './call-forms.js';
import {summaryIn} from './compaction.js';
import {decodeInputPart, decodeOutputPart} from './decode-part.js';
import {
  CompactionItem,
  CustomToolCallItem,
  CustomToolCallOutputItem,
  FunctionCallItem,
  FunctionCallOutputItem,
  ItemReference,
  ItemType,
  MessageItem,
} from './item-schema.js';

/** What items can reference: uploaded files, and items of stored responses. */
export type Referable = {
  readonly files: RequestedFiles;
  /** @throws RetakeError `invalid_request` (404) in the real API's words. */
  findItem(id: string): JsonObject;
};

type AskedTurn = Turn<AskedContent>;
type AskedPart = Part<AskedContent>;

const checkItemType = checkWire(ItemType);
const checkMessage = checkWire(MessageItem);
const checkCall = checkWire(FunctionCallItem);
const checkOutput = checkWire(FunctionCallOutputItem);
const checkCustomCall = checkWire(CustomToolCallItem);
const checkCustomOutput = checkWire(CustomToolCallOutputItem);
const checkCompaction = checkWire(CompactionItem);
const checkReference = checkWire(ItemReference);

/**
 * Decodes a conversation that comes as items; the first `earlier` of them stood in an earlier response already. Calls belong to the turn of the model that they follow, as they would in a chat; reasoning
 * of earlier turns leaves no trace.
 */
export function decodeItems(items: readonly JsonObject[], earlier: number, refers: Referable): AskedTurn[] {
  const turns: AskedTurn[] = [];
  const open = new Map<string, 'open' | 'answered'>();
  const decode = (given: JsonObject, at: string) => {
    const value = resolveReference(given, at, refers);
    const type = typeOf(value, at);
    switch (type) {
      case 'message':
        turns.push(decodeMessage(value, at, refers.files));
        break;
      case 'function_call': {
        const call = checkCall(value, at);
        refuseUnsupported(FunctionCallItem, call, at);
        open.set(call.call_id, 'open');
        const {call_id: id, arguments: text} = call;
        addToLastAnswer(turns, {type: 'tool-call', call: id, name: nameForModel(call), arguments: text});
        break;
      }
      case 'custom_tool_call': {
        const call = checkCustomCall(value, at);
        refuseUnsupported(CustomToolCallItem, call, at);
        open.set(call.call_id, 'open');
        const {call_id: id, input} = call;
        const name = nameForModel(call);
        addToLastAnswer(turns, {type: 'tool-call', call: id, name, arguments: argumentsOfInput(input)});
        break;
      }
      case 'function_call_output':
      case 'custom_tool_call_output': {
        const output =
          type === 'function_call_output' ? checkOutput(value, at) : checkCustomOutput(value, at);
        if (!open.has(output.call_id)) throw noCallFor(output.call_id);
        open.set(output.call_id, 'answered');
        turns.push({role: 'tool', parts: [decodeResult(output, at, refers.files)]});
        break;
      }
      case 'compaction': {
        const {encrypted_content: content} = checkCompaction(value, at);
        const text = summaryIn(content, `${at}.encrypted_content`);
        turns.push({role: 'system', parts: [{type: 'text', text}]});
        break;
      }
      case 'reasoning':
      // What these change about the request was read already.
      case 'additional_tools':
      case 'configuration_update':
        break;
      default:
        throw notSupported(`${at}.type`, type);
    }
  };
  for (const [index, item] of items.entries()) decode(item, itemPath(index, earlier));
  for (const [call, state] of open) if (state === 'open') throw noOutputFor(call);
  return turns;
}

/** Where an item stands, for errors. */
export function itemPath(index: number, earlier: number): string {
  return index < earlier ? `previous_response_id[${index}]` : `input[${index - earlier}]`;
}

/** The item that a reference names. */
export function resolveReference(item: JsonObject, path: string, refers: Referable): JsonObject {
  return typeOf(item, path) === 'item_reference' ? refers.findItem(checkReference(item, path).id) : item;
}

function typeOf(item: JsonObject, path: string): string {
  const {type} = checkItemType(item, path);
  if (type !== undefined) return type;
  return item['role'] === undefined && item['id'] !== undefined ? 'item_reference' : 'message';
}

const roles: Readonly<Record<MessageItem['role'], Role>> = {
  user: 'user',
  assistant: 'assistant',
  system: 'system',
  developer: 'system',
};

function decodeMessage(value: JsonObject, path: string, files: RequestedFiles): AskedTurn {
  const {role: wireRole, content} = checkMessage(value, path);
  const role = roles[wireRole];
  if (typeof content === 'string') {
    return {role, parts: role === 'assistant' && content === '' ? [] : [{type: 'text', text: content}]};
  }
  const at = (index: number) => `${path}.content[${index}]`;
  if (role !== 'assistant') {
    return {role, parts: content.map((part, index) => decodeInputPart(part, at(index), files))};
  }
  const said = content.map((part, index) => decodeOutputPart(part, at(index)));
  return {role, parts: said.filter(({text}) => text !== '')};
}

function addToLastAnswer(turns: AskedTurn[], part: AskedPart): void {
  const last = turns.at(-1);
  if (last?.role === 'assistant') turns[turns.length - 1] = {...last, parts: [...last.parts, part]};
  else turns.push({role: 'assistant', parts: [part]});
}

/** A tool result: its text and its other content. */
function decodeResult(
  {call_id: call, output}: {readonly call_id: string; readonly output: string | readonly JsonObject[]},
  path: string,
  files: RequestedFiles,
): AskedPart {
  if (typeof output === 'string') return {type: 'tool-result', call, value: output};
  const parts = output.map((part, index) => decodeInputPart(part, `${path}.output[${index}]`, files));
  const others = parts.filter(part => part.type !== 'text');
  return omitUndefined({
    type: 'tool-result',
    call,
    value: parts.map(part => (part.type === 'text' ? part.text : '')).join(''),
    content: others.length > 0 ? others : undefined,
  });
}

function noCallFor(call: string): RetakeError {
  return new RetakeError(
    'invalid_request',
    `No tool call found for function call output with call_id ${call}.`,
    {field: 'input'},
  );
}

function noOutputFor(call: string): RetakeError {
  return new RetakeError('invalid_request', `No tool output found for function call ${call}.`, {
    field: 'input',
  });
}
