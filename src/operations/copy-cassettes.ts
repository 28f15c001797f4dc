import {join} from 'node:path';
import {cassetteFilesAt} from '../cassette/file/cassette-files-at.js';
import {cassetteExtension, cassetteName, cassettePaths} from '../cassette/file/cassette-paths.js';
import {type CommittedFile, openCommittedFile} from '../cassette/file/committed-file.js';
import {rewriteCassette} from '../cassette/file/rewrite-cassette.js';
import {factsInUse} from '../cassette/maintenance/facts-in-use.js';
import {isStoreAddress, parseStoreAddress} from '../cassette/postgres/store-address.js';
import type {StoreContent, StoreContents} from '../cassette/postgres/store-content.js';
import {addFactRow, type FactRows, factTables, noFactRows} from '../cassette/rows/fact-rows.js';
import {mergeCopies, settingsWithCopy} from '../cassette/rows/merge-copies.js';
import {mergeFacts, newFactRows} from '../cassette/rows/merge-facts.js';
import type {StoredSettings} from '../cassette/rows/settings-rows.js';
import type {SortedFacts} from '../cassette/rows/sorted-facts.js';
import type {AnyIterable, StoredInteraction} from '../cassette/rows/stored-cassette.js';
import {RetakeError} from '../errors.js';

export type CopyOptions = {
  /** A cassette file, a folder, or the address of a database. */
  readonly from: string;
  readonly to: string;
  /** Copies only the interactions whose request contains this text. */
  readonly filter?: string | undefined;
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined;
};

export type CopyProgress = {readonly cassette: string; readonly copied: number; readonly total: number};

export type CopiedCassette = {
  readonly from: string;
  readonly to: string;
  readonly interactions: number;
  readonly takes: number;
};

/**
 * Copies cassettes between files, folders and databases. What is in the target stays and the takes of both are united, so that a copy that
 * was interrupted can be repeated.
 * @throws RetakeError `not_found`, also if the filter or the time of the source leaves nothing to copy; `invalid_setting`, `settings_differ`, `cassette_invalid`, `store_unavailable`
 */
export async function copyCassettes({from, to, filter, onProgress}: CopyOptions): Promise<CopiedCassette[]> {
  const [source, target] = [await openPlace(from), await openPlace(to)];
  try {
    const names = await source.names();
    if (names.length === 0) throw new RetakeError('not_found', `There is no cassette at ${from}`);
    if (target.only !== undefined && source.only === undefined && names.length > 1) {
      throw new RetakeError(
        'invalid_setting',
        `Expected one cassette to copy into ${to}, got ${names.length}`,
        {
          hint: 'Name one of them, or copy into a folder or into a database without a cassette.',
        },
      );
    }
    const until = isStoreAddress(from) ? parseStoreAddress(from).until : undefined;
    const copied: CopiedCassette[] = [];
    for (const name of names) {
      const content = await source.open(name);
      try {
        const into = target.at(target.only ?? name);
        const one = await copyOne(content, into, {name, filter, until, onProgress});
        if (one) copied.push(one);
      } finally {
        content.close();
      }
    }
    if (copied.length === 0) throw nothingToCopy(from, {filter, until});
    return copied;
  } finally {
    await source.close();
    await target.close();
  }
}

/** Where cassettes are. */
type Place = {
  /** The name of the only cassette; absent in a folder or a whole database. */
  readonly only: string | undefined;
  names(): Promise<readonly string[]>;
  open(name: string): Promise<Content>;
  at(name: string): Target;
  close(): Promise<void>;
};

type Content = StoredSettings & {
  readonly shown: string;
  count(): Promise<number>;
  rows(): AnyIterable<StoredInteraction>;
  facts(): Promise<FactRows>;
  close(): void;
};

type Target = {
  readonly shown: string;
  merge(
    copy: StoredSettings & {readonly interactions: AnyIterable<StoredInteraction>; readonly facts: FactRows},
  ): Promise<void>;
};

async function openPlace(place: string): Promise<Place> {
  if (!isStoreAddress(place)) return placeOfFiles(place);
  const {openStoreContents} = await import('../cassette/postgres/store-content.js');
  return placeOfStore(await openStoreContents(place));
}

type Selection = Pick<CopyOptions, 'filter'> & {
  /** Unix milliseconds: takes that were recorded later are not in the source. */
  readonly until: number | undefined;
};

/** Copies what is selected of a cassette. If that is nothing, the target stays as it is. */
async function copyOne(
  content: Content,
  target: Target,
  {name, filter, until, onProgress}: {name: string} & Selection & Pick<CopyOptions, 'onProgress'>,
): Promise<CopiedCassette | undefined> {
  let interactions = 0;
  let takes = 0;
  const counted = async function* (rows: AnyIterable<StoredInteraction>, total: number) {
    for await (const stored of rows) {
      interactions++;
      takes += stored.row.takes.length;
      onProgress?.({cassette: name, copied: interactions, total});
      yield stored;
    }
  };
  const {keySettings} = content;
  const facts = await content.facts();
  if (filter === undefined) {
    const total = await content.count();
    if (until !== undefined && (await isEmpty(content.rows()))) return undefined;
    const copy = {
      keySettings,
      hasDocuments: content.hasDocuments,
      interactions: counted(content.rows(), total),
      facts,
    };
    await target.merge(copy);
  } else {
    const wanted = await filtered(content.rows(), filter);
    if (wanted.length === 0) return undefined;
    const used = rowsOfFacts(factsInUse({facts: mergeFacts(undefined, facts)}, wanted));
    const hasDocuments = used.renders.size > 0;
    await target.merge({
      keySettings,
      hasDocuments,
      interactions: counted(wanted, wanted.length),
      facts: used,
    });
  }
  return {from: content.shown, to: target.shown, interactions, takes};
}

async function isEmpty(rows: AnyIterable<StoredInteraction>): Promise<boolean> {
  for await (const _ of rows) return false;
  return true;
}

function nothingToCopy(from: string, {filter, until}: Selection): RetakeError {
  const before = until === undefined ? '' : ` from before ${new Date(until).toISOString()}`;
  const request = filter === undefined ? '' : ` whose request contains ${JSON.stringify(filter)}`;
  return new RetakeError(
    'not_found',
    `There is no interaction${before} in ${from}${request}: nothing was copied`,
    {
      hint: `Upper and lower case count in a filter. To list what is there: retake ls ${from}`,
    },
  );
}

async function filtered(rows: AnyIterable<StoredInteraction>, filter: string): Promise<StoredInteraction[]> {
  // As the text stands in the strings of the request's JSON.
  const text = JSON.stringify(filter).slice(1, -1);
  const wanted: StoredInteraction[] = [];
  for await (const stored of rows) if (stored.row.request.includes(text)) wanted.push(stored);
  return wanted;
}

function rowsOfFacts(facts: SortedFacts): FactRows {
  const rows = noFactRows();
  for (const table of factTables) for (const row of facts.rows(table)) addFactRow(rows, table, row);
  return rows;
}

function placeOfFiles(path: string): Place {
  const files = cassetteFilesAt(path);
  const isFile = path.endsWith(cassetteExtension) || files?.[0] === path;
  const fileOf = (name: string) => (isFile ? path : join(path, `${name}${cassetteExtension}`));
  return {
    only: isFile ? cassetteName(path) : undefined,
    names: async () => (files ?? []).map(cassetteName),
    async open(name) {
      const file = openCommittedFile(cassettePaths(fileOf(name)));
      if (!file) throw new RetakeError('not_found', `There is no cassette at ${fileOf(name)}`);
      return contentOfFile(file, fileOf(name));
    },
    at: name => targetFile(fileOf(name)),
    async close() {},
  };
}

function contentOfFile(file: CommittedFile, shown: string): Content {
  const {keySettings, hasDocuments} = file;
  return {
    shown,
    keySettings,
    hasDocuments,
    count: async () => file.count(),
    rows: () => file.rows(),
    facts: async () => rowsOfFacts(file.facts),
    close: () => file.close(),
  };
}

function targetFile(path: string): Target {
  return {
    shown: path,
    merge: ({interactions, facts, ...settings}) =>
      rewriteCassette(cassettePaths(path), async file => ({
        content: {
          keySettings: settingsWithCopy(path, file, settings),
          interactions: mergeCopies(path, file?.rows() ?? [], interactions),
          facts: mergeFacts(file?.facts, newFactRows(file?.facts, facts)),
        },
        result: undefined,
      })),
  };
}

function placeOfStore(contents: StoreContents): Place {
  return {
    only: contents.only,
    names: contents.names,
    async open(name) {
      const cassette = contents.cassette(name);
      const settings = await cassette.settings();
      if (!settings) throw new RetakeError('not_found', `There is no cassette at ${cassette.shown}`);
      return contentOfStore(cassette, settings);
    },
    at: name => contents.cassette(name),
    close: contents.close,
  };
}

function contentOfStore(
  {shown, count, rows, facts}: StoreContent,
  {keySettings, hasDocuments}: StoredSettings,
): Content {
  return {shown, keySettings, hasDocuments, count, rows, facts, close() {}};
}
