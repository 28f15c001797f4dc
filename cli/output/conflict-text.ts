import {shortKey} from '../../src/cassette/key/short-key.js';
import type {ReportedConflict} from '../../src/operations/merge-cassettes.js';
import {paint} from './console-lines.js';
import {printable, printableLine} from './printable.js';

/** A conflict for people: the request, and the beginning of both answers. */
export function describeConflict(conflict: ReportedConflict): string {
  if (conflict.kind === 'settings') {
    return ['  the key settings differ', ...conflict.differences.map(line => `    ${printable(line)}`)]
      .map(line => `${line}\n`)
      .join('');
  }
  const {key, question, ours = removed, theirs = removed} = conflict;
  return [
    `  ${printableLine(JSON.stringify(question))}  ${paint('dim', shortKey(key))}`,
    `    ours    ${printableLine(ours)}`,
    `    theirs  ${printableLine(theirs)}`,
    '',
  ].join('\n');
}

const removed = '(removed)';
