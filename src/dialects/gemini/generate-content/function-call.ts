import type {FinishReason} from '../../../chat/chunk.js';
import {argumentsText} from '../../../chat/json-text.js';
import type {ToolCall} from '../../../chat/reply.js';
import type {AnswerIdentity} from '../../dialect.js';
import {encodeFinishReason} from './finish-reason.js';
import type {WireCandidate, WirePart} from './response.js';

/** The calls of a candidate as parts; undefined if the arguments of one are not a JSON object, which this API cannot express. */
export function encodeCalls(
  calls: readonly ToolCall[],
  candidate: number,
  {id}: AnswerIdentity,
): readonly WirePart[] | undefined {
  const parts = calls.map(({name, arguments: text}, call): WirePart | undefined => {
    const args = argumentsText(text);
    return args && {functionCall: {id: `call_${id}_${candidate}_${call}`, name, args}};
  });
  return parts.every(part => part !== undefined) ? parts : undefined;
}

/** The finish reason of a candidate; if its calls cannot be encoded, that of a malformed call. */
export function encodeEnding(
  finish: FinishReason,
  calls: readonly WirePart[] | undefined,
): Pick<WireCandidate, 'finishReason' | 'finishMessage'> {
  if (calls !== undefined) return {finishReason: encodeFinishReason(finish)};
  return {
    finishReason: 'MALFORMED_FUNCTION_CALL',
    finishMessage: 'Malformed function call: its arguments are no JSON object.',
  };
}
