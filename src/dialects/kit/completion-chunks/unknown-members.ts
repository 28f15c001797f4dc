import {isJsonObject, type JsonObject, type JsonValue} from '../../../chat/json.js';
import {isEmpty} from './members.js';

/** Members that say nothing of the answer's content. */
const knownMembers = new Set([
  'id',
  'object',
  'created',
  'model',
  'choices',
  'usage',
  'error',
  'delta',
  'message',
  'index',
  'finish_reason',
  'native_finish_reason',
  'stop_reason',
  'logprobs',
  'role',
  'name',
  'content',
  'refusal',
  'reasoning_content',
  'reasoning',
  'reasoning_details',
  'thinking',
  'tool_calls',
  'function_call',
  'text',
  'system_fingerprint',
  'service_tier',
  'provider',
  'provider_specific_fields',
  'content_filter_results',
  'content_filter_offsets',
  'prompt_filter_results',
  'timings',
  'prompt_progress',
  'token_ids',
  'prompt_token_ids',
  'annotations',
  'citations',
  'obfuscation',
  'matched_stop',
  'x_groq',
]);

/** The first member of unknown meaning that has text or more. Beside choices there are only facts about the answer. */
export function unknownIn(event: JsonObject, choices: readonly JsonValue[]): string | undefined {
  if (event['choices'] === undefined) return unknownMember(event);
  let found: string | undefined;
  for (const choice of choices) found ??= unknownMember(choice);
  for (const choice of choices) {
    if (isJsonObject(choice)) found ??= unknownMember(choice['delta']) ?? unknownMember(choice['message']);
  }
  return found;
}

function unknownMember(holder: JsonValue | undefined): string | undefined {
  if (holder === undefined || !isJsonObject(holder)) return undefined;
  for (const name of Object.keys(holder))
    if (!knownMembers.has(name) && mayBeContent(holder[name])) return name;
  return undefined;
}

function mayBeContent(value: JsonValue | undefined): boolean {
  return (typeof value === 'string' || typeof value === 'object') && !isEmpty(value);
}
