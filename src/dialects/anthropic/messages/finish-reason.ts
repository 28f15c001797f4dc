import type {FinishReason} from '../../../chat/chunk.js';
import {unreachable} from '../../../errors.js';

export type StopReason = 'end_turn' | 'max_tokens' | 'stop_sequence' | 'tool_use' | 'refusal';

/** The stop reason in Anthropic's terms, and the stop sequence if it is known. */
export function encodeFinishReason(
  {unified, stopSequence}: FinishReason,
  hasCalls: boolean,
): {readonly stop_reason: StopReason; readonly stop_sequence: string | null} {
  const because = (stopReason: StopReason) => ({stop_reason: stopReason, stop_sequence: null});
  switch (unified) {
    case 'length':
      return because('max_tokens');
    case 'content-filter':
      return because('refusal');
    case 'stop':
    case 'tool-calls':
    case 'malformed-tool-call':
    case 'other':
      if (hasCalls) return because('tool_use');
      if (stopSequence !== undefined) return {stop_reason: 'stop_sequence', stop_sequence: stopSequence};
      return because('end_turn');
    default:
      return unreachable(unified);
  }
}
