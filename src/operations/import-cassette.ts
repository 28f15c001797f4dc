import {existsSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import type {Readable} from 'node:stream';
import {cassettePaths} from '../cassette/file/cassette-paths.js';
import {openCommittedFile} from '../cassette/file/committed-file.js';
import {rewriteCassette} from '../cassette/file/rewrite-cassette.js';
import {readLines} from '../cassette/json-lines/read-lines.js';
import type {CassetteContent, StoredInteraction} from '../cassette/rows/stored-cassette.js';
import {RetakeError, toRetakeError} from '../errors.js';
import {foreignFormats} from './import/formats.js';
import {parseDocument} from './import/parse-document.js';
import {type FilesOfTools, readSource} from './import/read-source.js';
import type {ExchangeRecorder, RecorderOptions} from './import/record-exchanges.js';

export type ImportOptions = {
  /** A file, a stream, or a folder with files of other tools. */
  readonly from: string | Readable;
  readonly path: string;
  /** Whether to replace an existing cassette. */
  readonly replaces: boolean;
  /** Whether to write nothing. */
  readonly isDryRun?: boolean | undefined;
  /** The API of exchanges with hosts that are none of an API's own. */
  readonly dialect?: string | undefined;
  /** How files of other tools are recorded: the settings of the keys, and how attachments are read. */
  readonly proxy?: (() => RecorderOptions['proxy']) | undefined;
  /** The clock, in Unix milliseconds. */
  readonly now?: (() => number) | undefined;
};

export type ImportReport = {
  /** `JSON lines`, or the format of another tool. */
  readonly format: string;
  readonly interactions: number;
  readonly takes: number;
  /** The exchanges of another tool that are imported, with what of them is not carried over. */
  readonly imported: readonly ImportedExchange[];
  /** Those that are not, with the reason. */
  readonly leftOut: readonly ImportedExchange[];
  /** How many requests went to each host that is none of an API. */
  readonly otherHosts: Readonly<Record<string, number>>;
};

export type ImportedExchange = {
  readonly file: string;
  /** Where it is in the file. */
  readonly place: string;
  readonly what: string;
  readonly reasons: readonly string[];
};

/**
 * Creates a cassette from JSON lines, all of it or nothing, or from what another tool recorded.
 * @throws RetakeError `invalid_request` that names the line or the file, `cassette_write_failed` when the cassette exists
 */
export async function importCassette(options: ImportOptions): Promise<ImportReport> {
  const {from, path, replaces} = options;
  if (existsSync(cassettePaths(path).file) && !replaces) throw alreadyExists(path);
  const source = await readSource(from);
  if (source.kind === 'files') return importFiles(source, options);
  const content = await readLines(source.lines, source.shown);
  const interactions = [...content.interactions];
  if (!options.isDryRun) await write({...content, interactions}, options);
  return {format: 'JSON lines', ...countsOf(interactions), imported: [], leftOut: [], otherHosts: {}};
}

async function importFiles(source: FilesOfTools, options: ImportOptions): Promise<ImportReport> {
  const {dialect, proxy = () => ({}), now = Date.now} = options;
  const folder = await mkdtemp(join(tmpdir(), 'retake-import-'));
  try {
    const cassette = join(folder, 'import.cassette');
    const {openRecorder} = await import('./import/record-exchanges.js');
    const recorder = openRecorder({proxy: proxy(), cassette, dialect, now: now()});
    let recorded: Awaited<ReturnType<typeof recordFiles>>;
    try {
      recorded = await recordFiles(source, recorder);
    } finally {
      await recorder.close();
    }
    const {keys, ...outcomes} = recorded;
    const file = openCommittedFile(cassettePaths(cassette));
    if (!file) return {...outcomes, interactions: 0, takes: 0};
    try {
      const counts = countsOf(file.rows());
      if (counts.interactions < keys) {
        throw new RetakeError(
          'internal',
          `${keys} requests were imported, and ${counts.interactions} are in the cassette: nothing was written`,
        );
      }
      const {keySettings, facts} = file;
      if (!options.isDryRun) await write({keySettings, facts, interactions: file.rows()}, options);
      return {...outcomes, ...counts};
    } finally {
      file.close();
    }
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}

type Outcomes = Pick<ImportReport, 'format' | 'imported' | 'leftOut' | 'otherHosts'>;

/** `keys` is the number of different requests among what is imported. */
async function recordFiles(
  {files, isFolder}: FilesOfTools,
  recorder: ExchangeRecorder,
): Promise<Outcomes & {readonly keys: number}> {
  const formats = new Set<string>();
  const imported: ImportedExchange[] = [];
  const leftOut: ImportedExchange[] = [];
  const otherHosts = new Map<string, number>();
  const firstFiles = new Map<string, string>();
  for (const {shown, text, readSibling} of files) {
    let parsed: ReturnType<typeof parseFile>;
    try {
      parsed = parseFile(text, shown);
    } catch (error) {
      // A folder may have files of other programs.
      if (!isFolder) throw error;
      const reasons = [toRetakeError(error).message];
      leftOut.push({file: shown, place: 'the whole file', what: basename(shown), reasons});
      continue;
    }
    const {content, format} = parsed;
    formats.add(format.name);
    for (const found of format.read({content, readSibling})) {
      const {kind, what, host, reasons, key = ''} = await recorder.record(found);
      const exchange = {file: shown, place: found.place, what, reasons};
      const first = firstFiles.get(key);
      if (kind === 'imported' && (first ?? shown) !== shown) {
        const note = `${basename(first ?? '')} has the same request: a client gets the answers of both in turn. To keep them apart, import each file into a cassette of its own`;
        imported.push({...exchange, reasons: [...reasons, note]});
      } else if (kind === 'imported') imported.push(exchange);
      else if (host !== undefined) otherHosts.set(host, (otherHosts.get(host) ?? 0) + 1);
      else leftOut.push(exchange);
      if (kind === 'imported') firstFiles.set(key, first ?? shown);
    }
  }
  return {
    format: [...formats].join(', '),
    imported,
    leftOut,
    otherHosts: Object.fromEntries(otherHosts),
    keys: firstFiles.size,
  };
}

function parseFile(text: string, shown: string) {
  const content = parseDocument(text, shown);
  const format = foreignFormats.find(({fits}) => fits(content));
  if (!format) throw unknownFormat(shown);
  return {content, format};
}

function countsOf(rows: Iterable<StoredInteraction>): Pick<ImportReport, 'interactions' | 'takes'> {
  let interactions = 0;
  let takes = 0;
  for (const {row} of rows) {
    interactions++;
    takes += row.takes.length;
  }
  return {interactions, takes};
}

async function write(content: CassetteContent, {path, replaces}: ImportOptions): Promise<void> {
  await rewriteCassette(cassettePaths(path), async file => {
    if (file && !replaces) throw alreadyExists(path);
    return {content, result: undefined};
  });
}

function unknownFormat(shown: string): RetakeError {
  const names = [...foreignFormats.map(({name}) => name), 'JSON lines of `retake export`'];
  return new RetakeError(
    'invalid_request',
    `${shown} has none of the formats that can be imported: ${names.join(', ')}`,
    {hint: 'Nothing was written.'},
  );
}

function alreadyExists(path: string): RetakeError {
  return new RetakeError('cassette_write_failed', `There is a cassette ${path} already`, {
    hint: 'Name another one, or replace it with the option `replace`. To have both, import into another one and merge the two: retake merge /dev/null A B',
  });
}
