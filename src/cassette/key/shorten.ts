/** A text for one line of a message: its beginning and an ellipsis if it is long, never half a character. */
export function shorten(text: string, length = 80): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
