import {writeJson} from '../../../chat/json-text.js';
import type {ChatReply} from '../../../chat/reply.js';
import {RetakeError} from '../../../errors.js';
import type {AnswerIdentity} from '../../dialect.js';
import {blockParts} from './content-blocks.js';
import {encodeFinishReason} from './finish-reason.js';
import {
  callBlock,
  type MessageFormat,
  messageHead,
  messageTail,
  type TextBlock,
  type ThinkingBlock,
  type ToolUseBlock,
  textBlock,
} from './message.js';
import {encodeUsage} from './usage.js';

/** Encodes a complete answer as a `message`, which has one candidate. */
export function encodeReply(reply: ChatReply, identity: AnswerIdentity, format: MessageFormat): string {
  const [candidate] = reply.candidates;
  if (!candidate) throw new RetakeError('internal', 'An answer has no candidate');
  const {parts, toolCalls, finish} = candidate;
  const content = blockParts(parts, format).flatMap(
    (part): readonly (TextBlock | ThinkingBlock | ToolUseBlock)[] => {
      if (part.type === 'reasoning') return [{type: 'thinking', thinking: part.text, signature: ''}];
      if (part.type === 'text') return part.text === '' ? [] : [textBlock(part.text)];
      const call = toolCalls[part.call];
      return call ? [callBlock(call, part.call, identity)] : [];
    },
  );
  const hasCalls = content.some(({type}) => type === 'tool_use');
  return writeJson({
    ...messageHead(identity, format),
    content,
    ...encodeFinishReason(finish, hasCalls),
    usage: encodeUsage(reply.usage),
    ...messageTail,
  });
}
