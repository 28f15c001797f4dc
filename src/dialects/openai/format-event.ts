import {type Writable, writeJson} from '../../chat/json-text.js';
import {escapeLineSeparators} from '../kit/escape-line-separators.js';

/** An event of a stream; `name` where the API names its events. */
export function formatEvent(data: {readonly [key: string]: Writable}, name?: string): string {
  const json = escapeLineSeparators(writeJson(data));
  return `${name === undefined ? '' : `event: ${name}\n`}data: ${json}\n\n`;
}
