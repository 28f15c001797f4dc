import {hash} from 'node:crypto';
import type {Query} from './driver.js';

/** Lets the transaction record into a cassette, after a command that rewrites it has ended. */
export async function lockForRecording(query: Query, cassette: string): Promise<void> {
  await query('SELECT pg_advisory_xact_lock_shared($1)', [lockId(cassette)]);
}

/** Gives the transaction a cassette alone: recordings wait until it ends, and replays see the state before it. */
export async function lockForRewriting(query: Query, cassette: string): Promise<void> {
  await query('SELECT pg_advisory_xact_lock($1)', [lockId(cassette)]);
}

/** 8 bytes of a digest, which other programs in the database are unlikely to use. */
function lockId(cassette: string): bigint {
  return hash('sha256', `retake\nrewrite\n${cassette}`, 'buffer').readBigInt64BE();
}
