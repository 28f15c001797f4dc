import type {FinishReason} from '../../../chat/chunk.js';
import {isJsonObject, type JsonObject, type JsonValue} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {NormalChoice} from './normalize-chunk.js';

/** The words of servers, in lower case. */
const unifiedReasons: Readonly<Record<string, FinishReason['unified']>> = {
  stop: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  stop_token: 'stop',
  complete: 'stop',
  completed: 'stop',
  length: 'length',
  max_tokens: 'length',
  max_length: 'length',
  max_output_tokens: 'length',
  model_length: 'length',
  content_filter: 'content-filter',
  safety: 'content-filter',
  recitation: 'content-filter',
  blocklist: 'content-filter',
  prohibited_content: 'content-filter',
  refusal: 'content-filter',
  tool_calls: 'tool-calls',
  tool_call: 'tool-calls',
  tool_use: 'tool-calls',
  function_call: 'tool-calls',
};

/** Words for an answer that the server gave up. */
const failures = new Set(['error', 'abort', 'aborted', 'cancelled', 'canceled']);

/** Whether a finish reason says that the answer is not complete. */
export function isFailure(finish: string): boolean {
  return failures.has(finish.toLowerCase());
}

/** The finish reason of a choice. Some servers report `stop` after a call; only some report the stop sequence. */
export function decodeFinish(
  {finish, stopReason}: Pick<NormalChoice, 'finish' | 'stopReason'>,
  {
    event,
    stops,
    hasCalls,
  }: {readonly event: JsonObject; readonly stops: readonly string[]; readonly hasCalls: boolean},
): FinishReason | undefined {
  if (finish === undefined) return undefined;
  const unified = unifiedReasons[finish.toLowerCase()] ?? 'other';
  const stopSequence = stopSequenceOf(stopReason, event);
  const isRequested = typeof stopSequence === 'string' && stops.includes(stopSequence);
  return omitUndefined({
    unified: unified === 'stop' && hasCalls ? 'tool-calls' : unified,
    raw: finish,
    stopSequence: isRequested ? stopSequence : undefined,
  });
}

/** vLLM reports it beside the finish reason, llama-server in its verbose output. */
function stopSequenceOf(
  stopReason: JsonValue | undefined,
  {__verbose: verbose}: JsonObject,
): JsonValue | undefined {
  if (stopReason !== undefined) return stopReason;
  return isJsonObject(verbose) && verbose['stop_type'] === 'word' ? verbose['stopping_word'] : undefined;
}
