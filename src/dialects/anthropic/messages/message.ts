import {argumentsText, type JsonText} from '../../../chat/json-text.js';
import type {ToolCall} from '../../../chat/reply.js';
import type {AnswerIdentity} from '../../dialect.js';

/** The format of an answer: the model name that the client wrote, and whether to include thinking. */
export type MessageFormat = {readonly modelName: string; readonly showsThinking: boolean};

/** The members that every message has. */
export function messageHead({id}: AnswerIdentity, {modelName}: MessageFormat) {
  return {id: `msg_${id}`, type: 'message', role: 'assistant', model: modelName} as const;
}

/** The members that only the provider's own servers fill. */
export const messageTail = {stop_details: null, container: null, diagnostics: null} as const;

export type ToolUseBlock = {
  readonly type: 'tool_use';
  readonly id: string;
  readonly name: string;
  readonly input: JsonText;
  readonly caller: {readonly type: 'direct'};
};

export type TextBlock = {readonly type: 'text'; readonly text: string};

export type ThinkingBlock = {
  readonly type: 'thinking';
  readonly thinking: string;
  readonly signature: '';
};

/** Without `citations`, which there never are: some clients refuse a null. */
export function textBlock(text: string): TextBlock {
  return {type: 'text', text};
}

/** A tool call as a block. The API has no form for arguments that are not an object: then it is the text that the model wrote. */
export function callBlock(
  {name, arguments: text}: ToolCall,
  call: number,
  {id}: AnswerIdentity,
): ToolUseBlock | TextBlock {
  const input = argumentsText(text);
  if (input === undefined) return textBlock(`${name} ${text}`);
  return {type: 'tool_use', id: `toolu_${id}_${call}`, name, input, caller: {type: 'direct'}};
}
