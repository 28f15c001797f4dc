import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import fc from 'fast-check';
import {createSharedStreams, type LabelledStream} from '../../src/async/share-stream.js';
import {eventually} from '../support/eventually.js';

/** A stream whose items are sent one by one. */
type Source = {
  readonly begin: (signal: AbortSignal) => LabelledStream<string, string>;
  readonly begun: number;
  readonly signal: AbortSignal | undefined;
  send(item: string): Promise<void>;
  end(): Promise<void>;
  fail(error: Error): Promise<void>;
};

const stay = new AbortController().signal;
const settle = () => new Promise(resolve => setImmediate(resolve));

test('all listeners get all items and the same label, whenever they join', async t => {
  const streams = createSharedStreams<string, string>();
  const source = createSource();
  const first = streams.join('q', stay, source.begin);
  const firstItems = collect(first.items);
  await source.send('a');
  await source.send('b');
  const second = streams.join('q', stay, source.begin);
  const secondItems = collect(second.items);
  await source.send('c');
  await source.end();
  t.deepEqual(await firstItems, ['a', 'b', 'c']);
  t.deepEqual(await secondItems, ['a', 'b', 'c']);
  t.is(second.label, first.label);
  t.is(source.begun, 1);
});

test('different ids are different streams', async t => {
  const streams = createSharedStreams<string, string>();
  const [one, two] = [createSource(), createSource()];
  const first = collect(streams.join('1', stay, one.begin).items);
  const second = collect(streams.join('2', stay, two.begin).items);
  await one.send('a');
  await two.send('b');
  await one.end();
  await two.end();
  t.deepEqual([await first, await second], [['a'], ['b']]);
});

test('a listener that leaves gets an error, and the others are not affected', async t => {
  const streams = createSharedStreams<string, string>();
  const source = createSource();
  const leaving = new AbortController();
  const leader = collect(streams.join('q', leaving.signal, source.begin).items);
  const other = collect(streams.join('q', stay, source.begin).items);
  await source.send('a');
  leaving.abort();
  await t.throwsAsync(leader, {any: true});
  t.false(source.signal?.aborted);
  await source.send('b');
  await source.end();
  t.deepEqual(await other, ['a', 'b']);
});

test('when the last listener leaves, the stream is aborted and the next listener starts a new one', async t => {
  const streams = createSharedStreams<string, string>();
  const source = createSource();
  const leaving = [new AbortController(), new AbortController()];
  const leavers = leaving.map(({signal}) => collect(streams.join('q', signal, source.begin).items));
  await source.send('a');
  leaving[0]?.abort();
  await settle();
  t.false(source.signal?.aborted);
  leaving[1]?.abort();
  for (const leaver of leavers) await t.throwsAsync(leaver, {any: true});
  t.true(source.signal?.aborted);

  const another = createSource();
  const items = collect(streams.join('q', stay, another.begin).items);
  await another.send('new');
  await another.end();
  t.deepEqual(await items, ['new']);
});

test('a listener that stops iterating has left', async t => {
  const streams = createSharedStreams<string, string>();
  const source = createSource();
  const listened = (async () => {
    for await (const item of streams.join('q', stay, source.begin).items) return item;
    return 'nothing';
  })();
  await source.send('a');
  t.is(await listened, 'a');
  t.true(source.signal?.aborted);
});

test('a listener with an already aborted signal starts no stream that goes on', async t => {
  const streams = createSharedStreams<string, string>();
  const source = createSource();
  await t.throwsAsync(collect(streams.join('q', AbortSignal.abort(), source.begin).items), {any: true});
  t.true(source.signal?.aborted);
});

test('a failure reaches every listener after the items before it', async t => {
  const streams = createSharedStreams<string, string>();
  const source = createSource();
  const seen: string[][] = [[], []];
  const listeners = seen.map(async items => {
    for await (const item of streams.join('q', stay, source.begin).items) items.push(item);
  });
  await source.send('a');
  await source.fail(new Error('engine failure'));
  for (const listener of listeners) await t.throwsAsync(listener, {message: 'engine failure'});
  t.deepEqual(seen, [['a'], ['a']]);
});

test('a listener that joins before the end gets the result; a later one starts a new stream', async t => {
  const streams = createSharedStreams<string, string>();
  const source = createSource();
  const first = collect(streams.join('q', stay, source.begin).items);
  await source.send('a');
  const ended = source.end();
  const inTime = collect(streams.join('q', stay, source.begin).items);
  await ended;
  t.deepEqual(await first, ['a']);
  t.deepEqual(await inTime, ['a']);
  t.is(source.begun, 1);

  await settle();
  await settle();
  const late = collect(streams.join('q', stay, source.begin).items);
  await source.send('b');
  await source.end();
  t.deepEqual(await late, ['b']);
  t.is(source.begun, 2);
});

test('a stream that fails to start leaves no state behind', async t => {
  const streams = createSharedStreams<string, string>();
  const failing = () => {
    throw new Error('no source');
  };
  t.throws(() => streams.join('q', stay, failing), {message: 'no source'});
  const source = createSource();
  const items = collect(streams.join('q', stay, source.begin).items);
  await source.send('a');
  await source.end();
  t.deepEqual(await items, ['a']);
});

/** Streams of which 10 characters may wait for a listener that is busy for 100 ms. */
const bounded = {sizeOf: (item: string) => item.length, maxBehind: 10, stallMs: 100};

test('a listener that stays busy while too much waits for it is told, and the others get everything', async t => {
  const streams = createSharedStreams<string, string>(bounded);
  const source = createSource();
  let told = 0;
  const slow = streams.join('q', stay, source.begin, () => told++).items[Symbol.asyncIterator]();
  const fast = collect(streams.join('q', stay, source.begin).items);
  await source.send('one');
  t.is((await slow.next()).value, 'one');
  await source.send('0123456789');
  await sleep(200);
  t.is(told, 0, 'as much as may wait');
  await source.send('x');
  await source.send('0123456789ab');
  t.is(told, 0, 'it may still come back');
  await source.end();
  await eventually('it is told, also after the end', () => told === 1);
  t.deepEqual(await fast, ['one', '0123456789', 'x', '0123456789ab']);
});

test('a listener is told that joins late and is busy with the first of much', async t => {
  const streams = createSharedStreams<string, string>(bounded);
  const source = createSource();
  const first = collect(streams.join('q', stay, source.begin).items);
  for (const item of ['one', '0123456789', 'x']) await source.send(item);
  let told = 0;
  const late = streams.join('q', stay, source.begin, () => told++).items[Symbol.asyncIterator]();
  await late.next();
  await eventually('it is told', () => told === 1);
  await source.end();
  t.is((await first).length, 3);
});

test('a listener that comes back in time is not told, however much waits for it', async t => {
  const streams = createSharedStreams<string, string>(bounded);
  const source = createSource();
  const fail = () => t.fail('a listener that reads was told that it is behind');
  const first = collect(streams.join('q', stay, source.begin, fail).items);
  const items = Array.from({length: 20}, (_, index) => `0123456789 ${index}`);
  for (const item of items) await source.send(item);
  const late: string[] = [];
  const reading = (async () => {
    for await (const item of streams.join('q', stay, source.begin, fail).items) {
      late.push(item);
      await sleep(20);
    }
  })();
  await source.end();
  await reading;
  t.deepEqual(late, items);
  t.deepEqual(await first, items);
  await sleep(200);
});

test('listeners that stay get every item, however many others join and leave', async t => {
  const listener = fc.record({joins: fc.nat(5), leaves: fc.option(fc.integer({min: 1, max: 8}))});
  await fc.assert(
    fc.asyncProperty(fc.array(listener, {minLength: 1, maxLength: 8}), async listeners => {
      const streams = createSharedStreams<string, string>();
      const source = createSource();
      const whole = ['0', '1', '2', '3', '4', '5'];
      // One that stays from the beginning: the stream never loses its last listener.
      const stays = collect(streams.join('q', stay, source.begin).items);
      const others: Promise<boolean>[] = [];
      const leaving: {at: number; controller: AbortController}[] = [];
      for (const [index, item] of whole.entries()) {
        for (const {joins, leaves} of listeners.filter(({joins: at}) => at === index)) {
          const controller = new AbortController();
          const items = collect(streams.join('q', controller.signal, source.begin).items);
          if (leaves !== null) leaving.push({at: joins + leaves, controller});
          others.push(
            items.then(
              got => got.join() === whole.join(),
              () => leaves !== null,
            ),
          );
        }
        for (const {at, controller} of leaving) if (at === index) controller.abort();
        await source.send(item);
      }
      await source.end();
      const outcomes = await Promise.all(others);
      return outcomes.every(Boolean) && (await stays).join() === whole.join() && source.begun === 1;
    }),
    {numRuns: 200},
  );
  t.pass();
});

async function collect(items: AsyncIterable<string>): Promise<string[]> {
  const collected: string[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

function createSource(): Source {
  let begun = 0;
  let signal: AbortSignal | undefined;
  const events: ({item: string} | {error: Error} | 'end')[] = [];
  let wake = () => {};
  const push = async (event: (typeof events)[number]) => {
    events.push(event);
    wake();
    await settle();
  };
  async function* items() {
    for (;;) {
      const event = events.shift();
      if (event === undefined) {
        await new Promise<void>(resolve => {
          wake = resolve;
        });
      } else if (event === 'end') return;
      else if ('error' in event) throw event.error;
      else yield event.item;
    }
  }
  return {
    begin(given) {
      begun++;
      signal = given;
      return {label: `stream ${begun}`, items: items()};
    },
    get begun() {
      return begun;
    },
    get signal() {
      return signal;
    },
    send: item => push({item}),
    end: () => push('end'),
    fail: error => push({error}),
  };
}
