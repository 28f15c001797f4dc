import type {CassetteKey} from '../cassette/key/key.js';
import {factTables} from '../cassette/rows/fact-rows.js';
import {openStored} from '../cassette/stores/open-stored.js';
import {RetakeError} from '../errors.js';

/** How many bytes the content of a cassette takes up, without those of the format and the indexes. */
export type CassetteSize = {
  readonly bytes: {readonly requests: number; readonly answers: number; readonly attachments: number};
  /** Of each interaction, without its attachments: several may share them. */
  readonly interactions: ReadonlyMap<CassetteKey, number>;
};

/**
 * Measures a cassette in a file or a database.
 * @throws RetakeError `not_found`, `cassette_invalid`
 */
export async function measureCassette(place: string): Promise<CassetteSize> {
  const file = await openStored(place);
  if (!file) throw new RetakeError('not_found', `There is no cassette at ${place}`);
  try {
    let [requests, answers, attachments] = [0, 0, 0];
    const interactions = new Map<CassetteKey, number>();
    for (const {row} of file.rows()) {
      const request = sizeOf(row.request);
      const takes = row.takes.reduce(
        (sum, {chunks, provenance}) => sum + sizeOf(chunks) + sizeOf(provenance),
        0,
      );
      requests += request;
      answers += takes;
      interactions.set(row.key, request + takes);
    }
    for (const table of factTables) {
      for (const row of file.facts.rows(table))
        for (const cell of Object.values(row)) attachments += sizeOf(cell);
    }
    return {bytes: {requests, answers, attachments}, interactions};
  } finally {
    file.close();
  }
}

function sizeOf(cell: unknown): number {
  if (typeof cell === 'string' || Buffer.isBuffer(cell)) return Buffer.byteLength(cell);
  return 0;
}
