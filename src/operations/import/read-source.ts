import {Buffer} from 'node:buffer';
import {createReadStream, existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {basename, dirname, extname, join} from 'node:path';
import type {Readable} from 'node:stream';
import {isJsonObject} from '../../chat/json.js';
import {RetakeError} from '../../errors.js';
import {foreignFormats} from './formats.js';

/** A file of another tool: its text, and where it is. */
export type SourceFile = {
  readonly shown: string;
  readonly text: string;
  readonly readSibling: (name: string) => Uint8Array | undefined;
};

export type FilesOfTools = {
  readonly kind: 'files';
  readonly files: Iterable<SourceFile>;
  readonly isFolder: boolean;
};

export type Source =
  | {readonly kind: 'json-lines'; readonly shown: string; readonly lines: AsyncIterable<string>}
  | FilesOfTools;

/** Bytes of a file of another tool, which is read in one piece. */
const largestFile = 256 * 1024 * 1024;

/** What a tool may call its files; anything else in a folder is not looked at. */
const extensions = ['.yaml', '.yml', '.json', '.har'];

/**
 * Finds out what is to be imported: retake's own JSON lines, of any length, or files of other tools.
 * @throws RetakeError `not_found`, `invalid_request`
 */
export async function readSource(from: string | Readable): Promise<Source> {
  const shown = typeof from === 'string' ? from : 'the input';
  if (typeof from === 'string') {
    if (!existsSync(from)) throw new RetakeError('not_found', `There is no file ${from}`);
    if (statSync(from).isDirectory()) return {kind: 'files', files: filesIn(from), isFolder: true};
  }
  const pieces = (typeof from === 'string' ? createReadStream(from) : from)[Symbol.asyncIterator]();
  const first = await pieces.next();
  const start = first.done ? Buffer.alloc(0) : bytesOf(first.value);
  const all = startingWith(start, pieces);
  // A cassette's lines may be too many for memory. Their header comes first.
  const hasHeader = /^\s*\{\s*"retake"\s*:/.test(Buffer.from(start.subarray(0, 1000)).toString());
  if (hasHeader || shown.endsWith('.jsonl')) return {kind: 'json-lines', shown, lines: linesOf(all)};
  const text = await textOf(all, shown);
  if (isJsonLines(text)) return {kind: 'json-lines', shown, lines: linesOf([Buffer.from(text)])};
  const folder = typeof from === 'string' ? dirname(from) : undefined;
  return {kind: 'files', files: [{shown, text, readSibling: siblingsIn(folder)}], isFolder: false};
}

/** Whether the first line is a JSON object of no other tool: retake's own, or damaged, so that its reader has to say where. */
function isJsonLines(text: string): boolean {
  const first = text.split('\n').find(line => line.trim() !== '') ?? '{}';
  try {
    const record: unknown = JSON.parse(first);
    return isJsonObject(record) && !foreignFormats.some(({fits}) => fits(record));
  } catch {
    // A document of several lines.
    return false;
  }
}

async function* startingWith(first: Uint8Array, rest: AsyncIterator<unknown>): AsyncGenerator<Uint8Array> {
  yield first;
  for (;;) {
    const next = await rest.next();
    if (next.done) return;
    yield bytesOf(next.value);
  }
}

/** A stream of a program's own may have texts. */
function bytesOf(piece: unknown): Uint8Array {
  return Buffer.from(piece as string | Uint8Array);
}

async function textOf(pieces: AsyncIterable<Uint8Array>, shown: string): Promise<string> {
  const all: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    length += piece.length;
    if (length > largestFile) throw tooLarge(shown);
    all.push(piece);
  }
  return Buffer.concat(all).toString('utf8');
}

/** Only a line break ends a line: JSON text may hold the other separators of Unicode as they are. */
async function* linesOf(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of pieces) {
    const lines = `${rest}${decoder.decode(piece, {stream: true})}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  yield `${rest}${decoder.decode()}`;
}

/** The files below a folder, in the order of their paths, each read when it is reached. */
function* filesIn(folder: string): Generator<SourceFile> {
  const names = readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter(entry => entry.isFile() && extensions.includes(extname(entry.name).toLowerCase()))
    .map(({parentPath, name}) => join(parentPath, name))
    .sort();
  if (names.length === 0) {
    throw new RetakeError('not_found', `There is no file with ${extensions.join(', ')} in ${folder}`);
  }
  for (const path of names) {
    if (statSync(path).size > largestFile) throw tooLarge(path);
    yield {shown: path, text: readFileSync(path, 'utf8'), readSibling: siblingsIn(dirname(path))};
  }
}

/** A plain name only: a file must not name others of the machine. */
function siblingsIn(folder: string | undefined): SourceFile['readSibling'] {
  return name => {
    if (folder === undefined || basename(name) !== name || name.startsWith('.')) return undefined;
    const path = join(folder, name);
    const found = statSync(path, {throwIfNoEntry: false});
    return found?.isFile() && found.size <= largestFile ? readFileSync(path) : undefined;
  };
}

function tooLarge(shown: string): RetakeError {
  return new RetakeError(
    'invalid_request',
    `${shown} is too large: a file of another tool of more than ${largestFile / 1024 / 1024} MiB is not read`,
  );
}
