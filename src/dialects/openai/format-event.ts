import {type Writable, writeJson} from '../../chat/json-text.js';

/** An event of a stream; `name` where the API names its events. */
export function formatEvent(data: {readonly [key: string]: Writable}, name?: string): string {
  const json = writeJson(data).replace(lineSeparators, escapeCharacter);
  return `${name === undefined ? '' : `event: ${name}\n`}data: ${json}\n\n`;
}

/** Line ends to readers that split lines as Unicode does, although they are none in an event stream. */
const lineSeparators = /[\u0085\u2028\u2029]/g;

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
