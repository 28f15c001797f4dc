import type {KeySettings} from '../key/key-settings.js';
import type {FactRow, FactRows, FactTable} from '../rows/fact-rows.js';
import {haveSameTakes} from '../rows/interaction-row.js';
import {settingsRows} from '../rows/settings-rows.js';
import type {AnyIterable, StoredInteraction} from '../rows/stored-cassette.js';
import {lockForRewriting} from './cassette-lock.js';
import {announceChange} from './change-feed.js';
import type {Query} from './driver.js';
import {removeFact, storeFacts} from './fact-store.js';
import {insertNew, removeInteractions} from './interaction-rows.js';
import {raiseRevision} from './revision.js';
import {findOrCreateCassette, replaceSettings} from './setting-rows.js';
import {noteUses} from './use-log.js';

/** What replaces the content of a cassette. */
export type StoreRewriting = {
  readonly keySettings: KeySettings;
  readonly withDocuments: boolean;
  /** In the order of their ids: those before, which are read no further than the written ones, and those after. */
  readonly before: AnyIterable<StoredInteraction>;
  readonly after: AnyIterable<StoredInteraction>;
  readonly removedFacts: readonly NamedFact[];
  readonly addedFacts: FactRows;
};

export type NamedFact = {readonly table: FactTable; readonly row: FactRow[FactTable]};

const pageLength = 100;

/** Applies a rewriting in the transaction of `query`, which must hold the lock for it. Only rows that differ are written. */
export async function applyRewriting(
  query: Query,
  name: string,
  {keySettings, withDocuments, before, after, removedFacts, addedFacts}: StoreRewriting,
): Promise<void> {
  const id = await findOrCreateCassette(query, name);
  let removed: bigint[] = [];
  let added: StoredInteraction[] = [];
  const write = async () => {
    await removeInteractions(query, id, removed);
    await insertNew(query, id, added);
    // An interaction with a new key, or a copied one, counts as used today, so that `prune --unused` does not remove it.
    await noteUses(
      query,
      name,
      added.map(one => one.id),
    );
    [removed, added] = [[], []];
  };
  for await (const {old, current} of differences(before, after)) {
    if (old) removed.push(old.id);
    if (current) added.push(current);
    if (removed.length + added.length >= pageLength) await write();
  }
  await write();
  for (const fact of removedFacts) await removeFact(query, id, fact);
  await storeFacts(query, {id, name}, addedFacts);
  await replaceSettings(query, id, settingsRows(keySettings, {withDocuments}));
  // These rows say which takes of the old content were replaced.
  await query('DELETE FROM retake.rerecordings WHERE cassette = $1', [id]);
  await announceChange(query, {cassette: name, interaction: '', revision: await raiseRevision(query, id)});
}

/** Removes a cassette that has no interactions. */
export async function removeEmptyCassette(query: Query, name: string): Promise<void> {
  await lockForRewriting(query, name);
  await query(
    `DELETE FROM retake.cassettes c WHERE c.name = $1
     AND NOT EXISTS (SELECT FROM retake.interactions i WHERE i.cassette = c.id)`,
    [name],
  );
}

type Difference = {readonly old?: StoredInteraction; readonly current?: StoredInteraction};

/** The rows of two sorted sequences that only one has, or that differ. */
async function* differences(
  before: AnyIterable<StoredInteraction>,
  after: AnyIterable<StoredInteraction>,
): AsyncIterable<Difference> {
  const olds = iterate(before);
  let old = await olds.next();
  for await (const current of after) {
    for (; !old.done && old.value.id < current.id; old = await olds.next()) yield {old: old.value};
    if (old.done || old.value.id !== current.id) {
      yield {current};
      continue;
    }
    const [a, b] = [old.value.row, current.row];
    if (a.key !== b.key || a.request !== b.request || !haveSameTakes(a, b)) yield {old: old.value, current};
    old = await olds.next();
  }
  for (; !old.done; old = await olds.next()) yield {old: old.value};
}

async function* iterate<Item>(items: AnyIterable<Item>): AsyncGenerator<Item, undefined> {
  for await (const item of items) yield item;
  return undefined;
}
