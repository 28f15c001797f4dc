/** Where a string is in a text: its two quotation marks. */
export type Span = {readonly start: number; readonly end: number};

/**
 * Parses a JSON text without those of its strings that are nothing but base64, or a `data:` URI of it, and puts them back: parsing a megabyte
 * of digits takes longer than decoding them, and copies them. Undefined if there is none, or if the text has to be parsed as a whole.
 */
export function parseWithoutBase64<Value>(
  whole: string,
  strings: readonly Span[],
  parse: (text: string) => Value,
): Value | undefined {
  const spans = strings.filter(({start, end}) => isBase64(whole.slice(start + 1, end)));
  if (spans.length === 0) return undefined;
  const kept = [0, ...spans.map(({end}) => end)].map((from, index) =>
    whole.slice(from, (spans[index]?.start ?? whole.length) + 1),
  );
  const originals = new Map(spans.map(({start, end}, index) => [mark + index, whole.slice(start + 1, end)]));
  const marked = kept.map((text, index) => (index < spans.length ? `${text}${mark}${index}` : text)).join('');
  let found = 0;
  const putBack = (value: unknown): unknown => {
    if (typeof value === 'string') {
      const original = originals.get(value);
      if (original !== undefined) found++;
      return original ?? value;
    }
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(putBack);
    for (const [name, member] of Object.entries(value)) Object.assign(value, {[name]: putBack(member)});
    return value;
  };
  try {
    const value = putBack(parse(marked)) as Value;
    // A text can have the mark itself, also as escapes.
    return found === spans.length ? value : undefined;
  } catch {
    // The error is to quote the text as it was written.
    return undefined;
  }
}

const mark = 'retake:base64:';

/** The head of a `data:` URI (RFC 2397). */
const uriHead = /^data:[\w/+.;=-]*;base64,/;
const longestUriHead = 200;
const piece = 64 * 1024;
let decoded: Buffer | undefined;

/**
 * Whether a text is digits of base64 alone, in either alphabet and with or without padding. Node skips what is no digit, so that the number of
 * bytes reveals it. It takes some characters beyond ASCII for digits: no harm, because only a lone surrogate among them is invalid in JSON.
 */
function isBase64(text: string): boolean {
  if (!text.isWellFormed()) return false;
  decoded ??= Buffer.allocUnsafeSlow((piece / 4) * 3);
  let from = uriHead.exec(text.slice(0, longestUriHead))?.[0].length ?? 0;
  for (; from < text.length - piece; from += piece) {
    if (decoded.write(text.slice(from, from + piece), 'base64') !== decoded.length) return false;
  }
  const digits = text.slice(from).replace(/={1,2}$/, '');
  return digits.length % 4 !== 1 && decoded.write(digits, 'base64') === Math.floor((digits.length * 3) / 4);
}
