import test from 'ava';
import fc from 'fast-check';
import {readObject, type SharedObjects, writeObject} from '../../../src/chat/shared-objects.js';
import {createBatchStore, interruption} from '../../../src/dialects/kit/batch-store.js';
import {RetakeError} from '../../../src/errors.js';

type Batch = {readonly id: string; readonly state: string; readonly done: number; readonly reason?: string};

/** A store that processes share as they share a database: each reads the rows of the others that are newer than its last look. */
function sharedTable() {
  const rows = new Map<
    string,
    {space: string; id: string; origin: number; seq: number; value: string | null}
  >();
  let seq = 0;
  let ids = 0;
  const open = (origin: number): SharedObjects => {
    const kinds = new Map<string, (id: string, value: unknown) => void>();
    let last = 0;
    const write = (space: string, id: string, value: string | null) =>
      rows.set(`${space} ${id}`, {space, id, origin, seq: ++seq, value});
    return {
      open(kind, receive) {
        kinds.set(kind, receive);
        return {
          put: (id, {value}) => write(kind, id, writeObject(value)),
          delete: id => write(kind, id, null),
        };
      },
      newId: () => `id-${++ids}`,
      async pull() {
        const news = [...rows.values()].filter(row => row.seq > last && row.origin !== origin);
        for (const row of news.sort((a, b) => a.seq - b.seq)) {
          last = row.seq;
          kinds.get(row.space)?.(row.id, row.value === null ? undefined : readObject(row.value));
        }
        return news.length > 0;
      },
      settle: async () => {},
    };
  };
  return open;
}

function storeOf(objects: SharedObjects | undefined, now: () => number) {
  return createBatchStore<Batch>(
    {objects, now},
    {
      kind: 'batches',
      bytesOf: () => 0,
      isOver: ({state}) => ['done', 'failed', 'cancelled'].includes(state),
      notFound: id => new RetakeError('not_found', `No batch ${id}`),
      cancelled: () => ({state: 'cancelling'}),
      interrupted: () => ({state: 'failed', reason: interruption}),
    },
  );
}

const begun = (id: string): Batch => ({id, state: 'running', done: 0});

test('processes agree on their batches, whatever they do in which order, once they have read what the others did', async t => {
  const action = fc.record({
    what: fc.constantFrom('create', 'progress', 'cancel', 'delete', 'end', 'pull'),
    process: fc.nat(2),
    batch: fc.nat(4),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(action, {maxLength: 40}), async actions => {
      const open = sharedTable();
      let time = 1_000_000;
      const objects = [open(0), open(1), open(2)];
      const stores = objects.map(one => storeOf(one, () => time));
      const owners = new Map<string, {process: number; endRun: () => void}>();
      const deleted = new Set<string>();
      const cancelled = new Set<string>();
      for (const {what, process, batch} of actions) {
        time++;
        const id = `batch-${batch}`;
        const store = stores[process];
        const owner = owners.get(id);
        if (what === 'pull') await objects[process]?.pull();
        if (what === 'create' && !owner && store) owners.set(id, {process, endRun: store.add(begun(id))});
        if (!owner) continue;
        const own = stores[owner.process];
        if (what === 'progress') own?.progress(id, {done: batch + 1});
        if (what === 'cancel' && store?.get(id)?.state === 'running') {
          store.cancel(id);
          cancelled.add(id);
        }
        if (what === 'delete' && store?.get(id)) {
          store.delete(id);
          deleted.add(id);
        }
        if (what === 'end' && own?.get(id)?.state === 'running') own.change(id, {state: 'done'});
      }
      for (let round = 0; round < 2; round++) for (const one of objects) await one.pull();
      const [first, ...others] = stores.map(store =>
        store.numbered().map(({number, item}) => [number, item.id, item.state]),
      );
      for (const other of others) t.deepEqual(other, first);
      const ids = stores[0]?.values().map(({id}) => id) ?? [];
      t.deepEqual([...ids].sort(), [...owners.keys()].filter(id => !deleted.has(id)).sort());
      for (const {id, state} of stores[0]?.values() ?? []) if (cancelled.has(id)) t.not(state, 'running');
      for (const {endRun} of owners.values()) endRun();
    }),
    {numRuns: 200},
  );
});

test('a batch of a process that reports nothing for half a minute has failed, and that stays so', async t => {
  const open = sharedTable();
  let time = 0;
  const [runner, watcher, third] = [open(0), open(1), open(2)];
  const running = storeOf(runner, () => time);
  running.add(begun('a'))();
  const watching = storeOf(watcher, () => time);
  await watcher.pull();
  time = 30_000;
  t.is(watching.get('a')?.state, 'running');
  time = 30_001;
  t.like(watching.get('a'), {state: 'failed', reason: interruption});
  const later = storeOf(third, () => time);
  await third.pull();
  t.is(later.get('a')?.state, 'failed');
  await runner.pull();
  t.is(running.get('a')?.state, 'failed');
});

test('a process that starts later gives the runner of a batch the same time to report', async t => {
  const open = sharedTable();
  let time = 0;
  const runner = open(0);
  storeOf(runner, () => time).add(begun('a'))();
  time = 1_000_000;
  const late = open(1);
  const watching = storeOf(late, () => time);
  await late.pull();
  t.is(watching.get('a')?.state, 'running');
  time += 30_001;
  t.is(watching.get('a')?.state, 'failed');
});

test('a single process never gives up its own batch', t => {
  let time = 0;
  const store = storeOf(undefined, () => time);
  store.add(begun('a'));
  time = 1_000_000;
  t.is(store.find('a').state, 'running');
  t.throws(() => store.find('b'), {code: 'not_found'});
});
