import {basename, join, resolve} from 'node:path';
import {type CassetteDiff, compareCassettes} from '../cassette/compare/compare-cassettes.js';
import {defaultTokenTolerance, type TokenTolerance} from '../cassette/compare/compare-usage.js';
import {cassetteFilesAt} from '../cassette/file/cassette-files-at.js';
import {cassetteExtension} from '../cassette/file/cassette-paths.js';
import {type CommittedFile, openCommittedBytes} from '../cassette/file/committed-file.js';
import type {CassetteKey} from '../cassette/key/key.js';
import {
  addressOf,
  concealPassword,
  isStoreAddress,
  parseStoreAddress,
  requireOnePassword,
} from '../cassette/postgres/store-address.js';
import {readMedia} from '../cassette/rows/fact-rows.js';
import type {CassetteSnapshot, StoredCassette} from '../cassette/rows/stored-cassette.js';
import {cassettesOfStore} from '../cassette/stores/open-cassettes.js';
import {nameAt, openStored} from '../cassette/stores/open-stored.js';
import {omitUndefined} from '../chat/omit-undefined.js';
import {RetakeError} from '../errors.js';
import {type ChangedFile, changedFiles, inWorkTree, repositoryTop} from '../git/changed-files.js';
import {type ComparedStates, comparedStates, type GitComparison} from '../git/compared-states.js';
import {pathspec} from '../git/pathspec.js';
import {readBlobs} from '../git/read-blobs.js';
import type {Thumbnail} from '../report/thumbnail.js';

/** What is compared: two places, files, folders or addresses of databases, or two states of a git repository. */
export type Comparison =
  | {readonly kind: 'paths'; readonly before: string; readonly after: string}
  | GitComparison;

export type DiffOptions = {
  /** The folder where git runs. Relative paths start here. */
  readonly directory?: string;
  /** In a git repository, the files, folders and patterns to compare. Default: the whole repository. */
  readonly paths?: readonly string[];
  /** The tolerated difference in token usage. */
  readonly tokens?: TokenTolerance;
  /** The keys that runs with the new state requested, by cassette name; cassettes that no run opened are left out. */
  readonly asked?: AskedKeys | undefined;
  /** Called for a changed cassette that cannot be read on one side; it is then skipped. Without it, that is an error. */
  readonly onUnreadable?: (path: string, problem: RetakeError) => void;
};

/** The keys that runs requested, by cassette name. */
export type AskedKeys = ReadonlyMap<string, ReadonlySet<CassetteKey>>;

/** The changes of the interactions of cassettes. */
export type CassettesDiff = {
  /** Names of the two states, for display. */
  readonly before: string;
  readonly after: string;
  /** The cassettes that differ, or were read and found to be equal. */
  readonly cassettes: readonly CassetteDiff[];
  /** The thumbnails of both sides for the attachments of changed interactions, by digest. */
  readonly thumbnails: ReadonlyMap<string, Thumbnail>;
};

/**
 * Compares cassettes. Those of commits are read from git's objects, without a checkout.
 * @throws RetakeError `cassette_invalid` when one cannot be read, `not_found`, `git_failed` or `invalid_setting` when there is nothing to compare
 */
export async function diffCassettes(
  comparison: Comparison,
  {directory = '.', paths = [], tokens = defaultTokenTolerance, asked, onUnreadable}: DiffOptions = {},
): Promise<CassettesDiff> {
  if (comparison.kind === 'paths') return diffPaths(comparison, directory, {tokens, asked});
  const states = await comparedStates(directory, comparison);
  const top = await repositoryTop(directory);
  const limits = paths.map(path => pathspec(path, directory));
  const files = await changedFiles(top, states, {ending: cassetteExtension, paths: limits});
  const cassettes: CassetteDiff[] = [];
  const thumbnails: Thumbnails = new Map();
  for (const file of files) {
    try {
      cassettes.push(await diffFile(top, states, file, {tokens, asked, thumbnails}));
    } catch (error) {
      if (!onUnreadable || !(error instanceof RetakeError) || error.code !== 'cassette_invalid') throw error;
      onUnreadable(file.path, error);
    }
  }
  return {before: states.before.name, after: states.after.name, cassettes, thumbnails};
}

async function diffPaths(
  places: {readonly before: string; readonly after: string},
  directory: string,
  options: CompareOptions,
): Promise<CassettesDiff> {
  requireOnePassword([places.before, places.after]);
  const [before, after] = [concealPassword(places.before), concealPassword(places.after)];
  const cassettes: CassetteDiff[] = [];
  const thumbnails: Thumbnails = new Map();
  for (const {path, old, current} of await pairPaths(before, after, directory)) {
    const open = (side: string | undefined) => () => openPlace(side, directory);
    cassettes.push(
      await diffOpened({path, before: open(old), after: open(current)}, {...options, thumbnails}),
    );
  }
  return {before, after, cassettes, thumbnails};
}

type PathPair = {readonly path: string; readonly old?: string; readonly current?: string};

/** Two files are always a pair. Files of two folders are paired by name. */
async function pairPaths(before: string, after: string, directory: string): Promise<readonly PathPair[]> {
  const [olds, currents] = [await placesAt(before, directory), await placesAt(after, directory)];
  if (olds.isFolder !== currents.isFolder) {
    throw new RetakeError(
      'invalid_setting',
      `Expected two files or two folders, got ${olds.isFolder ? 'a folder and a file' : 'a file and a folder'}`,
      {
        hint: `Name the file within the folder as well: ${join(olds.isFolder ? before : after, basename(olds.isFolder ? after : before))}`,
      },
    );
  }
  if (!olds.isFolder) return [{path: after, old: before, current: after}];
  const names = [...new Set([...olds.names.keys(), ...currents.names.keys()])].sort();
  if (names.length === 0) {
    throw new RetakeError('not_found', `There is no cassette in ${before} and none in ${after}`);
  }
  return names.map(name =>
    omitUndefined({
      path: currents.placeOf(name),
      old: olds.names.get(name),
      current: currents.names.get(name),
    }),
  );
}

type Places = {
  readonly isFolder: boolean;
  readonly names: ReadonlyMap<string, string>;
  /** Where a cassette of this name is, or would be. */
  placeOf(name: string): string;
};

/** The cassettes of a place by name. A database of which no cassette is named is like a folder. */
async function placesAt(place: string, directory: string): Promise<Places> {
  if (isStoreAddress(place)) {
    const addresses = await cassettesOfStore(place);
    const address = parseStoreAddress(place);
    const isFolder = address.cassette === undefined;
    if (isFolder || addresses.length > 0) {
      return {
        isFolder,
        names: new Map(addresses.map(one => [nameAt(one), one])),
        placeOf: name => addressOf(address, name),
      };
    }
  }
  const location = resolve(directory, place);
  const files = isStoreAddress(place) ? undefined : cassetteFilesAt(location);
  if (!files) {
    throw new RetakeError('not_found', `There is no cassette at ${place}`, {
      hint: 'Name two files, folders or databases, or compare commits: retake diff main...HEAD',
    });
  }
  return {
    isFolder: files[0] !== location,
    names: new Map(files.map(file => [nameAt(file), join(place, basename(file))])),
    placeOf: name => join(place, `${name}${cassetteExtension}`),
  };
}

type OpenState = CassetteSnapshot<CommittedFile>;

async function openPlace(place: string | undefined, directory: string): Promise<OpenState> {
  if (place === undefined) return {shown: '', cassette: undefined};
  const location = isStoreAddress(place) ? place : resolve(directory, place);
  return {shown: place, cassette: await openStored(location, place)};
}

async function diffFile(
  top: string,
  states: ComparedStates,
  {path, before, after}: ChangedFile,
  gathering: Gathering,
): Promise<CassetteDiff> {
  const ids = [before, after].filter(id => id !== undefined && id !== inWorkTree) as string[];
  const blobs = await readBlobs(top, ids);
  const open = (id: string | undefined, state: string) => async (): Promise<OpenState> => {
    if (id === inWorkTree) return openPlace(path, top);
    const bytes = id === undefined ? undefined : blobs[ids.indexOf(id)];
    const shown = `${path} of ${state}`;
    return {shown, cassette: bytes && openCommittedBytes(shown, bytes)};
  };
  const sides = {before: open(before, states.before.name), after: open(after, states.after.name)};
  return diffOpened({path, ...sides}, gathering);
}

type OpenPair = {
  readonly path: string;
  readonly before: () => Promise<OpenState>;
  readonly after: () => Promise<OpenState>;
};

type Thumbnails = Map<string, Thumbnail>;
type CompareOptions = {readonly tokens: TokenTolerance; readonly asked: AskedKeys | undefined};
type Gathering = CompareOptions & {readonly thumbnails: Thumbnails};

async function diffOpened(
  {path, before, after}: OpenPair,
  {tokens, asked, thumbnails}: Gathering,
): Promise<CassetteDiff> {
  const opened: OpenState[] = [];
  const open = async (side: () => Promise<OpenState>) => {
    const snapshot = await side();
    opened.push(snapshot);
    return snapshot;
  };
  try {
    const diff = await compareCassettes(
      {path, before: await open(before), after: await open(after)},
      {tokens, asked: asked?.get(nameAt(path))},
    );
    for (const {shown, cassette} of opened) if (cassette) gatherThumbnails(diff, shown, cassette, thumbnails);
    return diff;
  } finally {
    for (const {cassette} of opened) cassette?.close();
  }
}

/** More images than a reviewer looks at, and fewer than a page can contain. */
const mostThumbnails = 2000;

function gatherThumbnails(
  {changes}: CassetteDiff,
  shown: string,
  {facts}: StoredCassette,
  thumbnails: Thumbnails,
): void {
  for (const change of changes) {
    const sides = [
      ...(change.verdict === 'added' ? [] : [change.before]),
      ...(change.verdict === 'removed' ? [] : [change.after]),
    ];
    for (const {digest} of sides.flatMap(({media}) => media)) {
      if (thumbnails.size >= mostThumbnails) return;
      const row = thumbnails.has(digest) ? undefined : facts.media('thumbnail', digest);
      if (row) thumbnails.set(digest, readMedia(shown, row));
    }
  }
}
