import {spokenText} from '../../../chat/answer-parts.js';
import {writeJson} from '../../../chat/json-text.js';
import type {ChatReply} from '../../../chat/reply.js';
import {RetakeError} from '../../../errors.js';
import type {AnswerIdentity} from '../../dialect.js';
import {encodeFinishReason} from './finish-reason.js';
import {callBlock, type MessageFormat, messageHead, messageTail, textBlock} from './message.js';
import {encodeUsage} from './usage.js';

/** Encodes a complete answer as a `message`, which has one candidate. */
export function encodeReply(reply: ChatReply, identity: AnswerIdentity, format: MessageFormat): string {
  const [candidate] = reply.candidates;
  if (!candidate) throw new RetakeError('internal', 'An answer has no candidate');
  const {reasoning, toolCalls, finish} = candidate;
  const text = spokenText(candidate);
  const calls = toolCalls.map((call, index) => callBlock(call, index, identity));
  const content = [
    ...(format.showsThinking && reasoning !== ''
      ? [{type: 'thinking', thinking: reasoning, signature: ''}]
      : []),
    ...(text === '' ? [] : [textBlock(text)]),
    ...calls,
  ];
  const hasCalls = calls.some(({type}) => type === 'tool_use');
  return writeJson({
    ...messageHead(identity, format),
    content,
    ...encodeFinishReason(finish, hasCalls),
    usage: encodeUsage(reply.usage),
    ...messageTail,
  });
}
