import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {defaultCassetteName} from '../cassette-name.js';
import {cassetteName, cassettePaths} from '../file/cassette-paths.js';
import {type CommittedFile, openCommittedFile} from '../file/committed-file.js';
import {writeCanonicalFile} from '../file/write-committed-file.js';
import {isStoreAddress, parseStoreAddress} from '../postgres/store-address.js';
import type {CopiedContent, StoreContent} from '../postgres/store-content.js';
import {mergeFacts} from '../rows/merge-facts.js';

/** The name of the cassette at a place: a file, or an address of a database. */
export function nameAt(place: string): string {
  if (!isStoreAddress(place)) return cassetteName(place);
  return parseStoreAddress(place).cassette ?? defaultCassetteName;
}

/**
 * Opens the rows of a cassette for reading: those of a file, or one state of a cassette of a database. Undefined if there is none.
 * @throws RetakeError `cassette_invalid`, `store_unavailable`
 */
export async function openStored(place: string, shown = place): Promise<CommittedFile | undefined> {
  if (!isStoreAddress(place)) return openCommittedFile({...cassettePaths(place), shown});
  return withStoreContent(place, content =>
    content.read(async current => current && snapshot(shown, current)),
  );
}

/** Connects to one cassette of a database. */
export async function withStoreContent<Result>(
  address: string,
  use: (content: StoreContent) => Promise<Result>,
): Promise<Result> {
  const {openStoreContents} = await import('../postgres/store-content.js');
  const contents = await openStoreContents(address);
  try {
    return await use(contents.cassette(nameAt(address)));
  } finally {
    await contents.close();
  }
}

/** The content of a cassette as a temporary file, so that it needs no memory; closing it removes the file. */
export async function snapshot(shown: string, content: CopiedContent): Promise<CommittedFile> {
  const folder = mkdtempSync(join(tmpdir(), 'retake-store-'));
  const remove = () => rmSync(folder, {recursive: true, force: true});
  try {
    const path = join(folder, 'snapshot.cassette');
    const {keySettings, interactions, facts} = content;
    await writeCanonicalFile(path, {keySettings, interactions, facts: mergeFacts(undefined, facts)});
    const file = openCommittedFile({...cassettePaths(path), shown});
    if (!file) throw new Error('The snapshot is gone');
    const close = () => {
      file.close();
      remove();
    };
    return {...file, close};
  } catch (error) {
    remove();
    throw error;
  }
}
