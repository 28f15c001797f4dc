/**
 * The JSON Schema pattern that matches the same whole texts as a regular expression; undefined if an engine's grammar for JSON strings may
 * read it otherwise. Dots and negated classes would match the quotation mark that ends a string, and quotation marks and backslashes are
 * escaped in JSON.
 */
export function boundedPattern(expression: string): string | undefined {
  const inner = expression.replace(/^\^/, '').replace(/(?<!\\)\$$/, '');
  const pieces = inner.match(piece);
  if (pieces === null || pieces.join('') !== inner || !isRegularExpression(inner)) return undefined;
  return `^(${pieces.map(translated).join('')})$`;
}

const literal = String.raw`[\w \-,;:!@#%&=<>~'/]`;
const escaped = String.raw`\\[dws.^$()[\]{}|*+?/-]`;
const inClass = String.raw`(?:[\w ,;:!@#%&=<>~'/.()*+?|{}$-]|\\[dws.^$\[\](){}|*+?/-])+`;
const piece = new RegExp(
  [
    escaped,
    String.raw`\[(?!\^)${inClass}\]`,
    String.raw`\((?!\?)`,
    '[)|*+?]',
    String.raw`\{\d+(?:,\d*)?\}`,
    literal,
  ].join('|'),
  'g',
);

const classes: Readonly<Record<string, string>> = {'\\d': '0-9', '\\w': 'A-Za-z0-9_', '\\s': ' '};

/** Engines know no `\d`, `\w` and `\s`. */
function translated(text: string): string {
  if (text.startsWith('[')) return text.replace(/\\[dws]/g, name => classes[name] ?? name);
  const members = classes[text];
  return members === undefined ? text : `[${members}]`;
}

function isRegularExpression(text: string): boolean {
  try {
    return new RegExp(`^(?:${text})$`, 'u').source !== '';
  } catch {
    // No regular expression of JavaScript, so the description alone has it.
    return false;
  }
}
