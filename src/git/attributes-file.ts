import {existsSync, lstatSync, readFileSync, rmSync} from 'node:fs';
import {writeTextAtomically} from '../files/write-atomically.js';

/** The attributes of cassettes: the drivers that show and merge them, and no conversion of line ends. */
export const attributesLine = '*.cassette diff=retake merge=retake -text';

export function hasAttributesLine(path: string): boolean {
  return linesOf(textAt(path)).includes(attributesLine);
}

/** Appends the line, so that it wins over earlier lines. Returns false if it is there already. */
export async function addAttributesLine(path: string): Promise<boolean> {
  const text = textAt(path);
  if (linesOf(text).includes(attributesLine)) return false;
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const separator = text === '' || text.endsWith('\n') ? '' : lineEnd;
  await writeTextAtomically(path, `${text}${separator}${attributesLine}${lineEnd}`);
  return true;
}

/** Removes the line, and a file that is empty without it. Returns false if there was no such line. */
export async function removeAttributesLine(path: string): Promise<boolean> {
  const text = textAt(path);
  const rest = text
    .split(/(?<=\n)/)
    .filter(line => line.trim() !== attributesLine)
    .join('');
  if (rest === text) return false;
  if (rest.trim() === '' && !isLink(path)) rmSync(path);
  else await writeTextAtomically(path, rest);
  return true;
}

function textAt(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').map(line => line.trim());
}

function isLink(path: string): boolean {
  return lstatSync(path, {throwIfNoEntry: false})?.isSymbolicLink() ?? false;
}
