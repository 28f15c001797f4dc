import {rm} from 'node:fs/promises';
import {writeCanonicalFile} from '../../src/cassette/file/write-committed-file.js';
import {canonicalView} from '../../src/cassette/key/key.js';
import {defaultKeySettings, type KeySettings} from '../../src/cassette/key/key-settings.js';
import {type MediaFacts, noFacts} from '../../src/cassette/media-memory.js';
import {factRowsOf} from '../../src/cassette/rows/fact-rows.js';
import {type InteractionRow, interactionId} from '../../src/cassette/rows/interaction-row.js';
import {mergeFacts} from '../../src/cassette/rows/merge-facts.js';
import {takeRow} from '../../src/cassette/rows/take-row.js';
import type {Take} from '../../src/cassette/take.js';
import {keyOf, takeOf, viewOf} from './recordings.js';

/** The content of a cassette: each question with its takes; a text stands for a take with that text. */
export type StoredTakes = Readonly<Record<string, readonly (string | Take)[]>>;

/** Writes a cassette with exactly this content, takes in this order, and facts; replaces an existing one. */
export async function writeStoredCassette(
  path: string,
  held: StoredTakes,
  keySettings: Partial<KeySettings> = {},
  facts: MediaFacts = noFacts,
): Promise<string> {
  const rows = Object.entries(held).map(([question, takes]): InteractionRow => {
    const key = keyOf(question);
    const asTake = (take: string | Take) => (typeof take === 'string' ? takeOf(take) : take);
    return {
      key,
      request: canonicalView(viewOf(question)),
      takes: takes.map(take => takeRow(key, asTake(take))),
    };
  });
  const stored = rows.map(row => ({id: interactionId(row.key), row})).sort((a, b) => (a.id < b.id ? -1 : 1));
  await rm(path, {force: true});
  await writeCanonicalFile(path, {
    keySettings: {...defaultKeySettings, ...keySettings},
    interactions: stored,
    facts: mergeFacts(undefined, factRowsOf(facts)),
  });
  return path;
}
