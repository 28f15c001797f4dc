import {isJsonObject, type JsonObject, type JsonValue, listOf} from '../../../chat/json.js';
import type {Damaged} from './damaged-event.js';
import {isEmpty, textIn} from './members.js';

/** Content of a kind that takes cannot hold: it must not be lost. */
const otherContent = ['audio', 'images', 'image', 'video'];

/** @throws the error for content that would be lost */
export function refuseOther(content: JsonObject, damaged: Damaged): void {
  const found = otherContent.find(name => !isEmpty(content[name]));
  if (found !== undefined) throw damaged(`it has ${found}, which retake cannot record`);
}

export type ReadContent = {readonly text: string; readonly refusal: string; readonly reasoning: string};

const nothing: ReadContent = {text: '', refusal: '', reasoning: ''};

/** Text, one part or a list of parts. */
export function readContent(value: JsonValue | undefined, damaged: Damaged): ReadContent {
  if (value === undefined || value === null) return nothing;
  if (typeof value === 'string') return {...nothing, text: value};
  if (typeof value !== 'object') throw damaged('its content is not text');
  const parts = (Array.isArray(value) ? value : [value]).map(part => readPart(part, damaged));
  return {
    text: parts.map(({text}) => text).join(''),
    refusal: parts.map(({refusal}) => refusal).join(''),
    reasoning: parts.map(({reasoning}) => reasoning).join(''),
  };
}

function readPart(part: JsonValue, damaged: Damaged): ReadContent {
  if (part === null) return nothing;
  if (typeof part === 'string') return {...nothing, text: part};
  if (!isJsonObject(part)) throw damaged('a part of its content is not an object');
  switch (part['type'] ?? 'text') {
    case 'text':
    case 'output_text':
      return {...nothing, text: textIn(part, ['text'], damaged)};
    case 'refusal':
      return {...nothing, refusal: textIn(part, ['refusal'], damaged)};
    case 'thinking':
    case 'reasoning': {
      const inner = readContent(part['thinking'] ?? part['reasoning'] ?? part['text'], damaged);
      return {...nothing, reasoning: inner.text + inner.reasoning};
    }
    // Where Mistral's text comes from: it says nothing by itself.
    case 'reference':
      return nothing;
    default:
      throw damaged(`a part of its content is of the type ${JSON.stringify(part['type'])}`);
  }
}

/** OpenRouter repeats its reasoning here; some models have it only here. */
export function reasoningDetails({reasoning_details: details}: JsonObject): string {
  if (details === undefined) return '';
  return listOf(details)
    .map(detail => (isJsonObject(detail) && typeof detail['text'] === 'string' ? detail['text'] : ''))
    .join('');
}
