import {applicationId, schemaVersion} from './schema.js';
import {beginsWithConflict} from './text-merged-file.js';

/** The header of a SQLite database (https://www.sqlite.org/fileformat2.html#the_database_header). */
export const headerLength = 100;

const changeCounter = 24;
const versionValidFor = 92;
const writerVersion = 96;
/** The SQLite version in every cassette, so that a newer library writes the same bytes. */
const fixedWriterVersion = 3_053_002;

/**
 * Header fields that count writes and name the writer, set to constants: the same content then has the same bytes, and a write by another
 * program shows.
 */
export const canonicalHeaderFields: readonly {readonly offset: number; readonly value: number}[] = [
  {offset: changeCounter, value: 1},
  {offset: versionValidFor, value: 1},
  {offset: writerVersion, value: fixedWriterVersion},
];

/** A defect that the header shows, and what to do if restoring would not help. */
export type HeaderProblem = {readonly problem: string; readonly hint?: string};

/** Checks a cassette by its first bytes and its size. */
export function findHeaderProblem(header: Buffer, fileSize: number): HeaderProblem | undefined {
  if (fileSize === 0) return {problem: 'is empty: it has 0 bytes'};
  if (header.subarray(0, lfsPointer.length).equals(lfsPointer)) {
    return {problem: 'is only a Git LFS pointer', hint: 'Fetch its content with: git lfs pull'};
  }
  if (beginsWithConflict(header)) {
    return {problem: "is a failed merge: it begins with git's conflict markers", hint: textMergedHint};
  }
  const shared = Math.min(header.length, magic.length);
  if (!header.subarray(0, shared).equals(magic.subarray(0, shared))) {
    return {problem: 'is not a cassette: it does not begin like a SQLite database', hint: otherFileHint};
  }
  if (header.length < headerLength) {
    return {problem: `is truncated: it ends after ${fileSize} bytes, within its header`};
  }
  if (header.readUInt32BE(68) !== applicationId) {
    return {problem: 'is not a cassette but the SQLite database of another program', hint: otherFileHint};
  }
  const version = header.readUInt32BE(60);
  if (version > schemaVersion) {
    return {
      problem: `was written by a newer retake: its format is ${version}, and this retake reads up to ${schemaVersion}`,
      hint: 'Update retake.',
    };
  }
  return findSizeProblem(header, fileSize) ?? findForeignWrite(header);
}

const magic = Buffer.from('SQLite format 3\0', 'latin1');
const lfsPointer = Buffer.from('version https://git-lfs', 'latin1');
/** What to do with a file into which two cassettes were merged as text. */
export const textMergedHint =
  'Set up git for cassettes (retake git install), restore one side (git checkout --ours -- FILE) or restart the merge, and merge again.';
const otherFileHint = 'Name another path for the cassette, or move that file away.';

function findSizeProblem(header: Buffer, fileSize: number): HeaderProblem | undefined {
  const size = header.readUInt16BE(16);
  const expected = (size === 1 ? 65_536 : size) * header.readUInt32BE(28);
  if (fileSize < expected) {
    return {problem: `is truncated: it has ${fileSize} of ${expected} bytes`};
  }
  if (fileSize > expected) {
    return {problem: `has ${fileSize - expected} bytes after its end, which retake did not write`};
  }
  return undefined;
}

function findForeignWrite(header: Buffer): HeaderProblem | undefined {
  if (header[18] !== 1 || header[19] !== 1) {
    return {problem: 'was changed by another program: it is in WAL mode, which retake never uses for it'};
  }
  const changed = canonicalHeaderFields.some(({offset, value}) => header.readUInt32BE(offset) !== value);
  return changed
    ? {problem: 'was changed by another program: the counters in its header have moved'}
    : undefined;
}
