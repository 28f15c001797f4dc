import type {KeySettings} from '../key/key-settings.js';
import type {FactRows} from '../rows/fact-rows.js';
import {interactionId, refuseCollision} from '../rows/interaction-row.js';
import {mergeRow} from '../rows/merge-rows.js';
import type {RecordingRow} from '../rows/recording-row.js';
import {announceChange, type Change} from './change-feed.js';
import type {Query} from './driver.js';
import {storeFacts} from './fact-store.js';
import {lockInteraction, takesOf, writeTakes} from './interaction-rows.js';
import {noteRerecording, type Run} from './rerecordings.js';
import {raiseRevision} from './revision.js';
import {claimCassette} from './setting-rows.js';

/** Where recordings go. */
export type RecordingTarget = {
  readonly name: string;
  /** The cassette's address for messages. */
  readonly shown: string;
  readonly run: Run;
  readonly keySettings: KeySettings;
};

/**
 * Stores a recording in the transaction of `query`, and returns what it changed. It may run twice: the same recording changes nothing the
 * second time.
 */
export async function storeRecording(
  query: Query,
  target: RecordingTarget,
  {recording, facts}: {readonly recording: RecordingRow; readonly facts: FactRows},
): Promise<Change | undefined> {
  const {name, shown, run} = target;
  const {key, request, take, replaces} = recording;
  const id = interactionId(key);
  const cassette = await claim(query, target, facts);
  refuseCollision(shown, await lockInteraction(query, cassette, recording), key);
  const current = await takesOf(query, cassette, id);
  const before = current.length > 0 ? {key, request, takes: current} : undefined;
  const recorded =
    replaces === undefined
      ? {key, request, baseline: [], recorded: [{take}]}
      : await noteRerecording(query, {cassette, run, id}, {recording, current});
  const after = mergeRow(shown, before, recorded);
  await writeTakes(query, cassette, {id, before: current, after: after.takes});
  const stored = await storeFacts(query, {id: cassette, name}, facts);
  const hasNewTakes = after !== before;
  if (!hasNewTakes && !stored.hasNews) return undefined;
  const hasChanged = (before !== undefined && hasNewTakes) || stored.hasChanged;
  const revision = hasChanged ? await raiseRevision(query, cassette) : undefined;
  return announced(query, {cassette: name, interaction: String(id), revision});
}

/** Stores facts that come without a recording, and returns what they changed. */
export async function storeFactsAlone(
  query: Query,
  target: RecordingTarget,
  facts: FactRows,
): Promise<Change | undefined> {
  const cassette = await claim(query, target, facts);
  const {hasChanged} = await storeFacts(query, {id: cassette, name: target.name}, facts);
  if (!hasChanged) return undefined;
  const revision = await raiseRevision(query, cassette);
  return announced(query, {cassette: target.name, interaction: '', revision});
}

/** The number of the cassette, which is created if it is new. */
export function claim(
  query: Query,
  {name, shown, keySettings}: RecordingTarget,
  facts: FactRows,
): Promise<string> {
  return claimCassette(query, {name, shown, keySettings, withDocuments: facts.renders.size > 0});
}

async function announced(query: Query, change: Change): Promise<Change> {
  await announceChange(query, change);
  return change;
}
