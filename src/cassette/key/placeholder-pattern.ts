/** The expression with an alternative in front that matches whole placeholders, so that it never matches inside one. */
export function skipPlaceholders({source, flags}: RegExp): RegExp {
  return new RegExp(`${placeholder}|(?:${source})`, flags);
}

/** Whether a match is a placeholder. */
export function isPlaceholder(match: string): boolean {
  return wholePlaceholder.test(match);
}

const placeholder = '<redacted:[a-z0-9-]+:\\d+>|<ignored(?::~?\\d+)?>';
const wholePlaceholder = new RegExp(`^(?:${placeholder})$`);

/** The placeholders of a text, in order. */
export function* placeholders(text: string): Iterable<{readonly start: number; readonly end: number}> {
  if (!text.includes('<redacted:') && !text.includes('<ignored')) return;
  for (const match of text.matchAll(new RegExp(placeholder, 'g'))) {
    yield {start: match.index, end: match.index + match[0].length};
  }
}
