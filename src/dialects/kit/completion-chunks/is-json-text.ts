/** Whether a text is complete JSON. */
export function isJsonText(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // It is incomplete, or something else.
    return false;
  }
}
