/**
 * Maps the strings of a text in JSON, or of events with JSON, that are written with escapes: `"a\u003d1"` is the string `a=1`. A string that
 * stays the same stays as it is written.
 */
export function mapEscapedStrings(text: string, map: (string: string) => string): string {
  if (!text.includes('\\')) return text;
  const pieces: string[] = [];
  let copied = 0;
  for (const {start, end, string} of escapedStrings(text)) {
    const mapped = map(string);
    if (mapped === string) continue;
    pieces.push(text.slice(copied, start), JSON.stringify(mapped));
    copied = end;
  }
  return pieces.length === 0 ? text : pieces.join('') + text.slice(copied);
}

/** The strings that `mapEscapedStrings` maps, without their escapes. */
export function escapedStringsIn(text: string): readonly string[] {
  return text.includes('\\') ? [...escapedStrings(text)].map(({string}) => string) : [];
}

/** A string with its place in the text, quotes included. */
type Escaped = {readonly start: number; readonly end: number; readonly string: string};

function* escapedStrings(text: string): Iterable<Escaped> {
  let start = text.indexOf('"');
  while (start >= 0) {
    let end = start + 1;
    let isEscaped = false;
    // A string has no line end, so that a lone quote in other text hides nothing behind its line.
    while (end < text.length && text[end] !== '"' && text[end] !== '\n') {
      if (text[end] === '\\') {
        isEscaped = true;
        end += 1;
      }
      end += 1;
    }
    end += 1;
    const string = isEscaped ? parsed(text.slice(start, end)) : undefined;
    if (string !== undefined) yield {start, end, string};
    start = text.indexOf('"', end);
  }
}

function parsed(literal: string): string | undefined {
  try {
    return JSON.parse(literal);
  } catch {
    // Other text between two quotes.
    return undefined;
  }
}
