/**
 * CI runners execute commands that they find in a log: `::error::` at the start of a line, `##[error]` and `##vso[…]` anywhere.
 * Recorded text must not contain any.
 */
export function withoutLogCommands(text: string): string {
  return text.replaceAll(lineCommand, '$1\\x3a:').replaceAll(commandAnywhere, '#\\x23');
}

/** The same for JSON text, whose strings keep their value. */
export function withoutLogCommandsInJson(text: string): string {
  return text.replaceAll(commandAnywhere, '#\\u0023');
}

const lineCommand = /^([^\S\n]*)::/gm;
const commandAnywhere = /##(?=\[|vso\[)/g;
