import type {Cassette, Interaction, Recording} from '../../src/cassette/cassette.js';
import {type CassetteKey, canonicalJson, cassetteKey} from '../../src/cassette/key/key.js';
import {defaultKeySettings, type KeySettings} from '../../src/cassette/key/key-settings.js';
import {type MediaFacts, type MediaMemory, noFacts} from '../../src/cassette/media-memory.js';
import {answerDigest} from '../../src/cassette/rows/answer-digest.js';
import {
  addFactRows,
  type FactRows,
  factRowsOf,
  noFactRows,
  readMedia,
  readReference,
  readRender,
} from '../../src/cassette/rows/fact-rows.js';
import {type ComparableTake, mergeTakes, type SessionTakes} from '../../src/cassette/rows/merge-takes.js';
import type {Take} from '../../src/cassette/take.js';
import type {JsonObject} from '../../src/chat/json.js';
import {RetakeError} from '../../src/errors.js';

type Entry = {readonly view: Interaction['view']; readonly takes: readonly ComparableTake<Take>[]};

/** What several openings of one cassette share. */
export type MemoryStore = {
  settings: KeySettings | undefined;
  readonly entries: Map<CassetteKey, Entry>;
  facts: FactRows;
  changes: number;
};

export function createMemoryStore(): MemoryStore {
  return {settings: undefined, entries: new Map(), facts: noFactRows(), changes: 0};
}

/** A cassette that exists only in its process. */
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

  const learn = (facts: MediaFacts) => {
    const rows = factRowsOf(facts);
    for (const [identity, {pdf, options}] of rows.renders) {
      if (!store.facts.renders.has(identity) && rendersOf(store, pdf, options).length > 0) store.changes++;
    }
    for (const [identity, {url}] of rows.refs) {
      if (!store.facts.refs.has(identity) && referencesOf(store, url).length > 0) store.changes++;
    }
    addFactRows(store.facts, rows);
  };

  return {
    name: 'memory',
    media: memoryOf(store, async facts => {
      if (writable && !isClosed) learn(facts);
    }),
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
    async requireWritable() {
      requireOpen();
      if (!writable) throw new RetakeError('cassette_write_failed', 'The cassette is open for reading only.');
    },
    async add({key, view, take, facts = noFacts, replaces}: Recording) {
      requireOpen();
      if (!writable) throw new RetakeError('cassette_write_failed', 'The cassette is open for reading only.');
      if (cassetteKey(view) !== key) throw new RetakeError('internal', 'That is not the key of the request.');
      const recorded = {take: comparable(take), ...(replaces !== undefined && {replaces})};
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
      learn(facts);
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

function memoryOf(store: MemoryStore, learn: MediaMemory['learn']): MediaMemory {
  const media = (kind: string, digest: string) => {
    const row = store.facts.media.get(`${kind}\n${digest}`);
    return row && readMedia('memory', row);
  };
  return {
    renders: async (pdf, options) => rendersOf(store, pdf, options).map(row => readRender('memory', row)),
    references: async url => referencesOf(store, url).map(row => readReference('memory', row)),
    thumbnail: async digest => media('thumbnail', digest),
    original: async sha256 => media('original', sha256),
    async *allRenders() {
      for (const row of sorted(store.facts.renders)) yield readRender('memory', row);
    },
    async *allReferences() {
      for (const row of sorted(store.facts.refs)) yield readReference('memory', row);
    },
    learn,
  };
}

function rendersOf({facts}: MemoryStore, pdf: string, options: string) {
  return sorted(facts.renders).filter(row => row.pdf === pdf && row.options === options);
}

function referencesOf({facts}: MemoryStore, url: string) {
  return sorted(facts.refs).filter(row => row.url === url);
}

function sorted<Row>(rows: ReadonlyMap<string, Row>): readonly Row[] {
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

function comparable(take: Take): ComparableTake<Take> {
  const identity = canonicalJson({
    chunks: take.chunks.map(({at, chunk}) => ({at, chunk: {...chunk} as JsonObject})),
    provenance: {...take.provenance},
    wire: take.wire ? answerDigest(take) : null,
  });
  return {take, identity, answer: answerDigest(take), recordedAt: take.provenance.recordedAt};
}

function identities(takes: readonly ComparableTake[]): string {
  return takes.map(({identity}) => identity).join('\n');
}
