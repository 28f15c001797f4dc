import type {Cassettes} from '../cassettes.js';
import {type CassettesOptions, openCassettes as openFiles} from '../file/cassette-folder.js';
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
