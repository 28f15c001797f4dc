/** What an escape of a class of characters stands for within a JSON text: a subset of it without characters that JSON escapes. */
const classes: ReadonlyMap<string, string> = new Map([
  ['\\d', '0-9'],
  ['\\w', 'A-Za-z0-9_'],
  ['\\s', ' '],
]);

/** Punctuation that needs no escape in a grammar outside of brackets. */
const plainEscapes = /^\\[-/@#%&,:;=<>~`'!_ ]$/;

/** The pattern in the syntax that llama.cpp translates into a grammar: it takes any string for a pattern with `\d`. */
export function spellOutClasses(pattern: string): string {
  let isInBrackets = false;
  return pattern.replace(/\\?[\s\S]/gu, token => {
    const members = classes.get(token);
    if (members !== undefined) return isInBrackets ? members : `[${members}]`;
    if (!isInBrackets && plainEscapes.test(token)) return token.slice(1);
    if (token === '[') isInBrackets = true;
    if (token === ']') isInBrackets = false;
    return token;
  });
}
