import {hash} from 'node:crypto';
import type {CassetteKey} from '../key/key.js';
import {interactionId} from '../rows/interaction-row.js';
import type {StoreDatabase} from './store-database.js';

/** Counts a request of a session in the database, with one round trip. Its number is undefined if the cassette is not there yet. */
export async function countPosition(
  {queryOnce}: Pick<StoreDatabase, 'queryOnce'>,
  cassette: string,
  {session, key}: {readonly session: string; readonly key: CassetteKey},
): Promise<number | undefined> {
  const [row] = await queryOnce<{position: string}>(
    'SELECT retake.next_position(c.id, $2, $3) AS position FROM retake.cassettes c WHERE c.name = $1',
    [cassette, hash('sha256', session), interactionId(key)],
  );
  return row && Number(row.position);
}
