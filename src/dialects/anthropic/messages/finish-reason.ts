import type {FinishReason} from '../../../chat/chunk.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
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

const unifiedReasons: Readonly<Record<string, FinishReason['unified']>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  refusal: 'content-filter',
};

/** The finish reason for a stop reason of the API; one that it invents later is `other`. */
export function decodeFinishReason(
  stopReason: string,
  stopSequence: string | undefined,
  hasCalls: boolean,
): FinishReason {
  const unified = Object.hasOwn(unifiedReasons, stopReason) ? unifiedReasons[stopReason] : undefined;
  return omitUndefined({
    unified: unified === 'stop' && hasCalls ? 'tool-calls' : (unified ?? 'other'),
    raw: stopReason,
    stopSequence: stopReason === 'stop_sequence' ? stopSequence : undefined,
  });
}
