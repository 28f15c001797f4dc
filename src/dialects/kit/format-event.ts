import {type Writable, writeJson} from '../../chat/json-text.js';
import {oneLine} from './one-line.js';

/** A server-sent event whose data is JSON; `name` where the API names its events. */
export function formatEvent(data: {readonly [key: string]: Writable}, name?: string): string {
  return `${name === undefined ? '' : `event: ${name}\n`}data: ${oneLine(writeJson(data))}\n\n`;
}
