import type {FinishReason} from '../../../chat/chunk.js';
import {argumentsText} from '../../../chat/json-text.js';
import type {ToolCall} from '../../../chat/reply.js';
import type {AnswerIdentity} from '../../dialect.js';
import {encodeFinishReason} from './finish-reason.js';
import type {AnswerOptions, WireCandidate, WirePart} from './response.js';

/** The calls of a candidate as parts; undefined if the arguments of one are not a JSON object, which this API cannot express. */
export function encodeCalls(
  calls: readonly ToolCall[],
  candidate: number,
  {id}: AnswerIdentity,
  {modelName, isVertex}: Pick<AnswerOptions, 'modelName' | 'isVertex'>,
): readonly WirePart[] | undefined {
  const hasCallIds = !isVertex && sendsCallIds.test(modelName);
  const parts = calls.map(({name, arguments: text}, call): WirePart | undefined => {
    const args = argumentsText(text);
    if (args === undefined) return undefined;
    const named = hasCallIds && {id: `call_${id}_${candidate}_${call}`};
    return {functionCall: {...named, name, args}};
  });
  return parts.every(part => part !== undefined) ? parts : undefined;
}

/** The models that give each call an id, Gemini 3 and later: https://ai.google.dev/gemini-api/docs/function-calling. Vertex AI sends none. */
const sendsCallIds = /^gemini-(?:[3-9]|\d{2,}|.*latest$)/;

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
