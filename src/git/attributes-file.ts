import {existsSync, readFileSync, rmSync} from 'node:fs';
import {writeTextAtomically} from '../files/write-atomically.js';

/** What git is told of cassettes: how they are shown and merged, and that their bytes are left alone. */
export const attributesLine = '*.cassette diff=retake merge=retake -text';

export function hasAttributesLine(path: string): boolean {
  return linesOf(textAt(path)).includes(attributesLine);
}

/** Adds the line at the end, where it wins over those before it; false when it was there. */
export function addAttributesLine(path: string): boolean {
  const text = textAt(path);
  if (linesOf(text).includes(attributesLine)) return false;
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const separator = text === '' || text.endsWith('\n') ? '' : lineEnd;
  writeTextAtomically(path, `${text}${separator}${attributesLine}${lineEnd}`);
  return true;
}

/** Takes the line away, and the file with it when nothing else is in it; false when there was none. */
export function removeAttributesLine(path: string): boolean {
  const text = textAt(path);
  const kept = text.split(/(?<=\n)/).filter(line => line.trim() !== attributesLine);
  if (kept.join('') === text) return false;
  if (kept.join('').trim() === '') rmSync(path);
  else writeTextAtomically(path, kept.join(''));
  return true;
}

function textAt(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').map(line => line.trim());
}
