import {createHash} from 'node:crypto';
import {formatJson, parseJson} from '../../chat/json.js';
import {utf8Text, type WireAnswer, wireBody} from '../../chat/wire.js';

/** A raw answer for a reader: JSON in lines, text as it is, and anything else as its type, its size and its digest. */
export function rawText(wire: WireAnswer): string {
  const body = wireBody(wire);
  const text = utf8Text(body);
  if (text === undefined) {
    const digest = createHash('sha256').update(body).digest('hex');
    return `${wire.headers['content-type'] ?? 'bytes'}, ${body.length} bytes, sha256 ${digest}`;
  }
  try {
    return formatJson(parseJson(text));
  } catch {
    // Events, or plain text.
    return text;
  }
}
