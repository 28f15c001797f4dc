import {createHash} from 'node:crypto';
import {isJsonObject, type JsonObject, stringifyJson} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';

/** The items of a request as they are listed: each with an id and a status, messages in their full form. */
export function listedItems(
  items: readonly JsonObject[],
  responseId: string,
): readonly (JsonObject & {readonly id: string})[] {
  return items.map((item, index) => {
    const {id, status = 'completed'} = item;
    const listed = isMessage(item) ? fullMessage(item) : item;
    return {...listed, status, id: typeof id === 'string' ? id : idOf(item, `${responseId}\n${index}`)};
  });
}

function isMessage({type, role}: JsonObject): boolean {
  return (type ?? 'message') === 'message' && typeof role === 'string';
}

function fullMessage(item: JsonObject): JsonObject {
  const {content, role} = item;
  const type = role === 'assistant' ? 'output_text' : 'input_text';
  const said = omitUndefined({type, text: content ?? '', annotations: role === 'assistant' ? [] : undefined});
  return {
    ...item,
    type: 'message',
    content: typeof content === 'string' ? [said] : (content ?? []),
  };
}

const prefixes: Readonly<Record<string, string>> = {
  function_call: 'fc',
  function_call_output: 'fco',
  compaction: 'cmp',
  custom_tool_call: 'ctc',
  custom_tool_call_output: 'ctco',
};

/** Derived from the item and its place, so that a replay lists the same id. */
function idOf(item: JsonObject, place: string): string {
  const digest = createHash('sha256')
    .update(`${place}\n${stringifyJson(item)}`)
    .digest('hex')
    .slice(0, 24);
  return `${prefixes[String(item['type'])] ?? 'msg'}_${digest}`;
}

/** The conversation of a response, with its answer. */
export function conversationOf({
  items,
  response,
}: {
  readonly items: readonly JsonObject[];
  readonly response: {readonly output: readonly unknown[]};
}): readonly JsonObject[] {
  return [...items, ...response.output.filter(isJsonObject)];
}
