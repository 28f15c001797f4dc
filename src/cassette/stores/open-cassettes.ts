import type {Cassette} from '../cassette.js';
import type {Cassettes} from '../cassettes.js';
import {type CassettesOptions, openCassettes as openFiles} from '../file/cassette-folder.js';
import {openCassetteFile} from '../file/open-cassette-file.js';
import {isStoreAddress} from '../postgres/store-address.js';

/** Opens cassettes where they are: in files, or in a PostgreSQL database. The driver is loaded only for a database. */
export async function openCassettes(
  place: string,
  {sharesSessions, ...options}: CassettesOptions & {readonly sharesSessions?: boolean | undefined},
): Promise<Cassettes> {
  if (!isStoreAddress(place)) return openFiles(place, options);
  const {openStore} = await import('../postgres/open-store.js');
  return openStore(place, {...options, sharesSessions});
}

/** Opens one cassette for reading: a file, or one of a database. */
export async function openForReading(place: string): Promise<Cassette> {
  if (!isStoreAddress(place)) return openCassetteFile({path: place, writable: false});
  const {openStoreCassette} = await import('../postgres/open-store.js');
  return openStoreCassette(place, {writable: false});
}

/** The addresses of the cassettes of a database: the one that the address names, or all. */
export async function cassettesOfStore(address: string): Promise<readonly string[]> {
  const {openStoreContents} = await import('../postgres/store-content.js');
  const contents = await openStoreContents(address);
  try {
    return (await contents.names()).map(name => contents.cassette(name).shown);
  } finally {
    await contents.close();
  }
}
