import type {Cassette, Interaction, Recording} from '../../src/cassette/cassette.js';
import {answerDigest} from '../../src/cassette/file/answer-digest.js';
import {type ComparableTake, mergeTakes, type SessionTakes} from '../../src/cassette/file/merge-takes.js';
import {type CassetteKey, canonicalJson, cassetteKey} from '../../src/cassette/key.js';
import {defaultKeySettings, type KeySettings} from '../../src/cassette/key-settings.js';
import type {Take} from '../../src/cassette/take.js';
import type {JsonObject} from '../../src/chat/json.js';
import {RetakeError} from '../../src/errors.js';

type Entry = {readonly view: Interaction['view']; readonly takes: readonly ComparableTake<Take>[]};

/** What several openings of one cassette have in common. */
export type MemoryStore = {
  settings: KeySettings | undefined;
  readonly entries: Map<CassetteKey, Entry>;
  changes: number;
};

export function createMemoryStore(): MemoryStore {
  return {settings: undefined, entries: new Map(), changes: 0};
}

/** A cassette that is gone with its process. */
export function openMemoryCassette(
  store: MemoryStore,
  {keySettings = {}, writable}: {keySettings?: Partial<KeySettings>; writable: boolean},
): Cassette {
  const settings = {...(store.settings ?? defaultKeySettings), ...keySettings};
  if (store.settings && canonicalJson(store.settings) !== canonicalJson(settings)) {
    throw new RetakeError('settings_differ', 'The cassette was recorded with other settings.');
  }
  const sessions = new Map<CassetteKey, SessionTakes<Take>>();
  let isClosed = false;
  const requireOpen = () => {
    if (isClosed) throw new RetakeError('internal', 'The cassette is closed.');
  };
  const interaction = (key: CassetteKey): Interaction | undefined => {
    const entry = store.entries.get(key);
    const [first, ...rest] = entry?.takes.map(({take}) => take) ?? [];
    return entry && first && {key, view: entry.view, takes: [first, ...rest]};
  };
  const all = () => [...store.entries.keys()].sort().flatMap(key => interaction(key) ?? []);

  return {
    name: 'memory',
    keySettings: settings,
    get revision() {
      return store.changes;
    },
    refresh() {},
    async find(key) {
      requireOpen();
      return interaction(key);
    },
    async *views() {
      yield* all().map(({key, view}) => ({key, view}));
    },
    async *interactions() {
      yield* all();
    },
    async add({key, view, take, replaces}: Recording) {
      requireOpen();
      if (!writable) throw new RetakeError('cassette_write_failed', 'The cassette is open for reading only.');
      if (cassetteKey(view) !== key) throw new RetakeError('internal', 'That is not the key of the request.');
      const recorded = {take: await comparable(take), ...(replaces !== undefined && {replaces})};
      const before = store.entries.get(key);
      const current = before?.takes ?? [];
      const session = sessions.get(key) ?? {baseline: current, recorded: []};
      const extended = {...session, recorded: [...session.recorded, recorded]};
      if (replaces !== undefined) sessions.set(key, extended);
      const takes = mergeTakes(
        current,
        replaces === undefined ? {baseline: [], recorded: [recorded]} : extended,
      );
      store.settings = settings;
      store.entries.set(key, {view, takes});
      if (before && identities(before.takes) !== identities(takes)) store.changes++;
    },
    async flush() {
      requireOpen();
    },
    async close() {
      isClosed = true;
    },
  };
}

async function comparable(take: Take): Promise<ComparableTake<Take>> {
  const identity = canonicalJson({
    chunks: take.chunks.map(({at, chunk}) => ({at, chunk: {...chunk} as JsonObject})),
    provenance: {...take.provenance},
  });
  return {take, identity, answer: await answerDigest(take), recordedAt: take.provenance.recordedAt};
}

function identities(takes: readonly ComparableTake[]): string {
  return takes.map(({identity}) => identity).join('\n');
}
