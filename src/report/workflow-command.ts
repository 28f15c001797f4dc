/**
 * A command to the runner of GitHub Actions (`::error title=…::message`), which makes an annotation. Escapes as the runner's toolkit does
 * (actions/toolkit, packages/core/src/command.ts).
 */
export function workflowCommand(
  level: 'error' | 'warning' | 'notice',
  properties: {readonly title: string; readonly file?: string},
  message: string,
): string {
  const list = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(value)}`);
  return `::${level} ${list.join(',')}::${escapeData(message)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
