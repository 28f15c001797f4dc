import type {FinishReason} from '../../../chat/chunk.js';
import {isJsonObject, type JsonObject, type JsonValue} from '../../../chat/json.js';

const finishReasons: Readonly<Record<string, FinishReason['unified']>> = {
  stop: 'stop',
  length: 'length',
  content_filter: 'content-filter',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
};

/** Why a candidate ended, if this event says so. Some servers say `stop` after a call; which text an answer stopped at, only some say. */
export function decodeFinish(
  choice: JsonValue,
  {
    event,
    stops,
    hasCalls,
  }: {readonly event: JsonObject; readonly stops: readonly string[]; readonly hasCalls: boolean},
): FinishReason | undefined {
  const reason = isJsonObject(choice) ? choice['finish_reason'] : undefined;
  if (typeof reason !== 'string') return undefined;
  const told = finishReasons[reason] ?? 'other';
  const stopSequence = isJsonObject(choice) ? stopSequenceOf(choice, event) : undefined;
  return {
    unified: told === 'stop' && hasCalls ? 'tool-calls' : told,
    raw: reason,
    ...(typeof stopSequence === 'string' && stops.includes(stopSequence) && {stopSequence}),
  };
}

/** vLLM tells it beside the finish reason, llama-server when it was asked to be verbose. */
function stopSequenceOf(choice: JsonObject, {__verbose: verbose}: JsonObject): JsonValue | undefined {
  if (choice['stop_reason'] !== undefined) return choice['stop_reason'];
  return isJsonObject(verbose) && verbose['stop_type'] === 'word' ? verbose['stopping_word'] : undefined;
}
