import type {Cassette} from '../cassette.js';
import {createKnownIds, type KnownIds, namesToken} from '../key/known-ids.js';
import {learnFromTake} from './learn-ids.js';

/** A cassette larger than this is not searched to its end. */
const searchLimit = 20_000;

const known = new WeakMap<
  Cassette,
  {readonly revision: number; readonly ids: Promise<KnownIds | undefined>}
>();

/** The ids that a cassette's recordings have from providers; undefined if it has no raw questions, which alone name them. */
export async function recordedIdsOf(cassette: Cassette): Promise<KnownIds | undefined> {
  const {revision} = cassette;
  const earlier = known.get(cassette);
  if (earlier?.revision === revision) return earlier.ids;
  const ids = readIds(cassette);
  known.set(cassette, {revision, ids});
  return ids;
}

async function readIds(cassette: Cassette): Promise<KnownIds | undefined> {
  if (!(await hasRaw(cassette))) return undefined;
  const ids = createKnownIds();
  const tokens = new Map<string, string>();
  let searched = 0;
  for await (const {key, view, takes} of cassette.interactions()) {
    if (++searched > searchLimit) break;
    for (const [number, take] of takes.entries()) {
      const ofTake = createKnownIds();
      const answered = {key, view, literal: view, namesKnown: namesToken(view), number, isRecorded: true};
      learnFromTake(ofTake, take, answered);
      for (const one of ofTake.all()) {
        const token = tokens.get(one.id) ?? one.token;
        tokens.set(one.id, token);
        // One that two objects had stays as it is.
        ids.add(token === one.token ? one : {...one, token: one.id});
        if (token !== one.token) tokens.set(one.id, one.id);
      }
    }
  }
  return ids;
}

async function hasRaw(cassette: Cassette): Promise<boolean> {
  for await (const {view} of cassette.views()) if (view['operation'] === 'raw') return true;
  return false;
}
