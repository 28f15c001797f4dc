/**
 * CI runners carry out commands that they find in a log: `::error::` at the beginning of a line, `##[error]` and `##vso[…]` anywhere.
 * What was recorded must not give any.
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
