import type {FinishReason} from '../../../chat/chunk.js';
import {isJsonObject, type JsonObject, type JsonValue} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';

const unifiedReasons: Readonly<Record<string, FinishReason['unified']>> = {
  stop: 'stop',
  length: 'length',
  content_filter: 'content-filter',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
};

/** The finish reason in an event, if there is one. Some servers report `stop` after a call; only some report the stop sequence. */
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
  const unified = unifiedReasons[reason] ?? 'other';
  const stopSequence = isJsonObject(choice) ? stopSequenceOf(choice, event) : undefined;
  const isRequested = typeof stopSequence === 'string' && stops.includes(stopSequence);
  return omitUndefined({
    unified: unified === 'stop' && hasCalls ? 'tool-calls' : unified,
    raw: reason,
    stopSequence: isRequested ? stopSequence : undefined,
  });
}

/** vLLM reports it beside the finish reason, llama-server in its verbose output. */
function stopSequenceOf(choice: JsonObject, {__verbose: verbose}: JsonObject): JsonValue | undefined {
  if (choice['stop_reason'] !== undefined) return choice['stop_reason'];
  return isJsonObject(verbose) && verbose['stop_type'] === 'word' ? verbose['stopping_word'] : undefined;
}
