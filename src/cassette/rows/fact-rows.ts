import {createHash} from 'node:crypto';
import {Type} from '@sinclair/typebox';
import {Value} from '@sinclair/typebox/value';
import type {Page} from '../../chat/media.js';
import {omitUndefined} from '../../chat/omit-undefined.js';
import {canonicalJson} from '../key/key.js';
import type {MediaFacts, RememberedMedia, RememberedReference, RememberedRender} from '../media-memory.js';
import {invalidCassette} from './invalid-cassette.js';

/** Facts as they are stored. Rows with the same identity have the same content; a digest reveals manual changes. */
export type RenderRow = {
  readonly pdf: string;
  readonly options: string;
  readonly digest: string;
  readonly pages: string;
  readonly renderer: string;
};

export type ReferenceRow = {
  readonly url: string;
  readonly digest: string;
  readonly shown: string;
  readonly sha256: string;
  readonly mediaType: string;
  readonly text: string | null;
};

export type MediaRow = {
  readonly kind: RememberedMedia['kind'];
  readonly digest: string;
  readonly mediaType: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly bytes: Buffer;
  readonly checksum: string;
};

export type FactRow = {
  readonly renders: RenderRow;
  readonly refs: ReferenceRow;
  readonly media: MediaRow;
};

export type FactTable = keyof FactRow;

export const factTables = ['renders', 'refs', 'media'] as const satisfies readonly FactTable[];

/** The identity of the rows of a table, in sort order. */
export const factIdentities = {
  renders: ['pdf', 'options', 'digest'],
  refs: ['url', 'digest'],
  media: ['kind', 'digest'],
} as const satisfies {readonly [table in FactTable]: readonly (keyof FactRow[table])[]};

/** Rows of all tables, by their identity. */
export type FactRows = {readonly [table in FactTable]: Map<string, FactRow[table]>};

export function noFactRows(): FactRows {
  return {renders: new Map(), refs: new Map(), media: new Map()};
}

export function hasFactRows(rows: FactRows): boolean {
  return factTables.some(table => rows[table].size > 0);
}

/** A text that sorts like the table's primary key. */
export function identityOf<Table extends FactTable>(table: Table, row: FactRow[Table]): string {
  const cells: Readonly<Record<string, unknown>> = row;
  return factIdentities[table].map(column => cells[column]).join('\n');
}

export function addFactRow<Table extends FactTable>(rows: FactRows, table: Table, row: FactRow[Table]): void {
  const identity = identityOf(table, row);
  const known = rows[table].get(identity);
  if (!known || isPreferred(table, row, known)) rows[table].set(identity, row);
}

export function addFactRows(all: FactRows, rows: FactRows): void {
  for (const table of factTables) addTable(all, table, rows);
}

function addTable<Table extends FactTable>(all: FactRows, table: Table, rows: FactRows): void {
  for (const row of rows[table].values()) addFactRow(all, table, row);
}

/** Of two rows with the same identity every process stores the same one: another encoder makes another thumbnail of the same page. */
export function isPreferred<Table extends FactTable>(
  table: Table,
  row: FactRow[Table],
  known: FactRow[Table],
): boolean {
  return rankOf(table, row) < rankOf(table, known);
}

function rankOf<Table extends FactTable>(table: Table, row: FactRow[Table]): string {
  const rank = ranks[table] as (row: FactRow[Table]) => string;
  return rank(row);
}

const ranks: {readonly [table in FactTable]: (row: FactRow[table]) => string} = {
  renders: ({renderer}) => renderer,
  // The digest is the same for an empty text and none.
  refs: ({shown, text}) => `${shown}\n${text === null ? 1 : 0}`,
  media: ({checksum}) => checksum,
};

export function factRowsOf({renders, references, media}: MediaFacts): FactRows {
  const rows = noFactRows();
  for (const render of renders) addFactRow(rows, 'renders', renderRow(render));
  for (const reference of references) addFactRow(rows, 'refs', referenceRow(reference));
  for (const one of media) addFactRow(rows, 'media', mediaRow(one));
  return rows;
}

function renderRow({pdf, options, pages, renderer}: RememberedRender): RenderRow {
  const text = canonicalJson(pages.map(({pixels, text: words}) => omitUndefined({pixels, text: words})));
  return {pdf, options, digest: digestOf(pdf, options, text), pages: text, renderer};
}

function referenceRow({url, shown, sha256, mediaType, text}: RememberedReference): ReferenceRow {
  const digest = digestOf(url, sha256, mediaType, text ?? '');
  return {url, digest, shown, sha256, mediaType, text: text ?? null};
}

function mediaRow({kind, digest, mediaType, bytes, width, height}: RememberedMedia): MediaRow {
  const row = {
    kind,
    digest,
    mediaType,
    width: width ?? null,
    height: height ?? null,
    bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  };
  return {...row, checksum: checksumOf(row)};
}

function checksumOf({kind, digest, mediaType, width, height, bytes}: Omit<MediaRow, 'checksum'>): string {
  return createHash('sha256')
    .update([kind, digest, mediaType, width ?? '', height ?? '', ''].join('\n'))
    .update(bytes)
    .digest('hex');
}

function digestOf(...texts: readonly string[]): string {
  return createHash('sha256').update(texts.join('\n')).digest('hex');
}

const digest = Type.String({pattern: '^[0-9a-f]{64}$'});
const PagesSchema = Type.Array(
  Type.Object({pixels: digest, text: Type.Optional(Type.String())}, {additionalProperties: false}),
  {minItems: 1},
);

/** @throws RetakeError `cassette_invalid` when the row is damaged: a wrong page finds a wrong take. */
export function readRender(path: string, row: RenderRow): RememberedRender {
  const {pdf, options, pages: text, renderer} = row;
  const name = `the render of the PDF ${pdf}`;
  if (digestOf(pdf, options, text) !== row.digest) throw damaged(path, name, 'it does not match its digest');
  return {pdf, options, pages: readPages(path, name, text), renderer};
}

function readPages(path: string, name: string, text: string): readonly Page[] {
  let pages: unknown;
  try {
    pages = JSON.parse(text);
  } catch (cause) {
    throw damaged(path, name, 'its pages are not JSON', cause);
  }
  if (!Value.Check(PagesSchema, pages)) throw damaged(path, name, 'its pages do not match the schema');
  return pages;
}

/** @throws RetakeError `cassette_invalid` */
export function readReference(path: string, row: ReferenceRow): RememberedReference {
  const {url, shown, sha256, mediaType, text} = row;
  if (digestOf(url, sha256, mediaType, text ?? '') !== row.digest || !/^[0-9a-f]{64}$/.test(sha256)) {
    throw damaged(path, `the reference ${shown}`, 'it does not match its digest');
  }
  return omitUndefined({url, shown, sha256, mediaType, text: text ?? undefined});
}

/** @throws RetakeError `cassette_invalid` */
export function readMedia(path: string, row: MediaRow): RememberedMedia {
  const {kind, digest: name, mediaType, bytes, width, height} = row;
  const isWhole = checksumOf(row) === row.checksum;
  const isOriginal = kind === 'original';
  if (!isWhole || (isOriginal && createHash('sha256').update(bytes).digest('hex') !== name)) {
    throw damaged(path, `the ${kind} ${name}`, 'its bytes do not match its digest');
  }
  return omitUndefined({
    kind,
    digest: name,
    mediaType,
    bytes,
    width: width ?? undefined,
    height: height ?? undefined,
  });
}

function damaged(path: string, name: string, reason: string, cause?: unknown) {
  return invalidCassette(path, `is damaged in ${name}: ${reason}`, undefined, cause);
}
