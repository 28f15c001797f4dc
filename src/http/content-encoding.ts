import type {WireHeaders} from '../chat/wire.js';

/** The encodings that responses can have, the preferred one first. */
export type Encoding = 'br' | 'gzip';
const encodings: readonly Encoding[] = ['br', 'gzip'];

/** Bytes up to which compressing a whole body saves nothing worth the time. */
const longestPlain = 1024;
/** Bytes of the longest body that is compressed in one piece: other requests wait meanwhile. */
const longestCompressed = 2 * 1024 * 1024;

export function isWorthCompressing({length}: string | Uint8Array): boolean {
  return length > longestPlain && length <= longestCompressed;
}

/** The few spellings that clients use. */
const chosen = new Map<string, Encoding | undefined>();

/** The encoding that a client accepts most (https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3); undefined for none. */
export function acceptedEncoding(header: string | string[] | undefined): Encoding | undefined {
  if (header === undefined) return undefined;
  const text = String(header);
  if (chosen.has(text)) return chosen.get(text);
  const found = chooseEncoding(text);
  if (chosen.size < 100) chosen.set(text, found);
  return found;
}

function chooseEncoding(header: string): Encoding | undefined {
  const weights = new Map<string, number>();
  for (const entry of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = entry.split(';').map(part => part.trim());
    const weight = parameters.find(parameter => parameter.startsWith('q='));
    weights.set(name, weight === undefined ? 1 : Number(weight.slice(2)) || 0);
  }
  const weightOf = (name: string) => weights.get(name) ?? weights.get('*') ?? 0;
  const best = Math.max(...encodings.map(weightOf));
  // A client can prefer its answers as they are.
  if (best === 0 || (weights.get('identity') ?? 0) > best) return undefined;
  return encodings.find(name => weightOf(name) === best);
}

/** Whether the content is text that no one has encoded. An announced length is that of the content as it is. */
export function isCompressible(headers: WireHeaders): boolean {
  const type = String(headers['content-type'] ?? '');
  return headers['content-encoding'] === undefined && /^(?:text\/|application\/[\w.+-]*json\b)/i.test(type);
}

/** The value of `vary` with the header that chose the encoding. */
export function varyOf(before: unknown): string {
  return before ? `${before}, accept-encoding` : 'accept-encoding';
}
