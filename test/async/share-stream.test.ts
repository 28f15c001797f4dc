import test from 'ava';
import fc from 'fast-check';
import {createSingleFlight, type Departure} from '../../src/async/share-stream.js';

/** A flight that releases its items one by one. */
type Plane = {
  readonly begin: (signal: AbortSignal) => Departure<string, string>;
  readonly departures: number;
  readonly signal: AbortSignal | undefined;
  send(item: string): Promise<void>;
  land(): Promise<void>;
  crash(error: Error): Promise<void>;
};

const stay = new AbortController().signal;
const settle = () => new Promise(resolve => setImmediate(resolve));

test('all listeners get all items and the same label, whenever they join', async t => {
  const flights = createSingleFlight<string, string>();
  const plane = createPlane();
  const first = flights.join('q', stay, plane.begin);
  const firstItems = collect(first.items);
  await plane.send('a');
  await plane.send('b');
  const second = flights.join('q', stay, plane.begin);
  const secondItems = collect(second.items);
  await plane.send('c');
  await plane.land();
  t.deepEqual(await firstItems, ['a', 'b', 'c']);
  t.deepEqual(await secondItems, ['a', 'b', 'c']);
  t.is(second.label, first.label);
  t.is(plane.departures, 1);
});

test('different ids are different flights', async t => {
  const flights = createSingleFlight<string, string>();
  const [one, two] = [createPlane(), createPlane()];
  const first = collect(flights.join('1', stay, one.begin).items);
  const second = collect(flights.join('2', stay, two.begin).items);
  await one.send('a');
  await two.send('b');
  await one.land();
  await two.land();
  t.deepEqual([await first, await second], [['a'], ['b']]);
});

test('a listener that leaves gets an error, and the others are not affected', async t => {
  const flights = createSingleFlight<string, string>();
  const plane = createPlane();
  const leaving = new AbortController();
  const leader = collect(flights.join('q', leaving.signal, plane.begin).items);
  const other = collect(flights.join('q', stay, plane.begin).items);
  await plane.send('a');
  leaving.abort();
  await t.throwsAsync(leader, {any: true});
  t.false(plane.signal?.aborted);
  await plane.send('b');
  await plane.land();
  t.deepEqual(await other, ['a', 'b']);
});

test('when the last listener leaves, the flight is aborted and the next listener starts a new one', async t => {
  const flights = createSingleFlight<string, string>();
  const plane = createPlane();
  const leaving = [new AbortController(), new AbortController()];
  const leavers = leaving.map(({signal}) => collect(flights.join('q', signal, plane.begin).items));
  await plane.send('a');
  leaving[0]?.abort();
  await settle();
  t.false(plane.signal?.aborted);
  leaving[1]?.abort();
  for (const leaver of leavers) await t.throwsAsync(leaver, {any: true});
  t.true(plane.signal?.aborted);

  const another = createPlane();
  const items = collect(flights.join('q', stay, another.begin).items);
  await another.send('new');
  await another.land();
  t.deepEqual(await items, ['new']);
});

test('a listener that stops iterating has left', async t => {
  const flights = createSingleFlight<string, string>();
  const plane = createPlane();
  const listened = (async () => {
    for await (const item of flights.join('q', stay, plane.begin).items) return item;
    return 'nothing';
  })();
  await plane.send('a');
  t.is(await listened, 'a');
  t.true(plane.signal?.aborted);
});

test('a listener with an already aborted signal starts no flight that goes on', async t => {
  const flights = createSingleFlight<string, string>();
  const plane = createPlane();
  await t.throwsAsync(collect(flights.join('q', AbortSignal.abort(), plane.begin).items), {any: true});
  t.true(plane.signal?.aborted);
});

test('a failure reaches every listener after the items before it', async t => {
  const flights = createSingleFlight<string, string>();
  const plane = createPlane();
  const seen: string[][] = [[], []];
  const listeners = seen.map(async items => {
    for await (const item of flights.join('q', stay, plane.begin).items) items.push(item);
  });
  await plane.send('a');
  await plane.crash(new Error('engine failure'));
  for (const listener of listeners) await t.throwsAsync(listener, {message: 'engine failure'});
  t.deepEqual(seen, [['a'], ['a']]);
});

test('a listener that joins before the end gets the result; a later one starts a new flight', async t => {
  const flights = createSingleFlight<string, string>();
  const plane = createPlane();
  const first = collect(flights.join('q', stay, plane.begin).items);
  await plane.send('a');
  const landed = plane.land();
  const inTime = collect(flights.join('q', stay, plane.begin).items);
  await landed;
  t.deepEqual(await first, ['a']);
  t.deepEqual(await inTime, ['a']);
  t.is(plane.departures, 1);

  await settle();
  await settle();
  const late = collect(flights.join('q', stay, plane.begin).items);
  await plane.send('b');
  await plane.land();
  t.deepEqual(await late, ['b']);
  t.is(plane.departures, 2);
});

test('a flight that fails to start leaves no state behind', async t => {
  const flights = createSingleFlight<string, string>();
  const failing = () => {
    throw new Error('no plane');
  };
  t.throws(() => flights.join('q', stay, failing), {message: 'no plane'});
  const plane = createPlane();
  const items = collect(flights.join('q', stay, plane.begin).items);
  await plane.send('a');
  await plane.land();
  t.deepEqual(await items, ['a']);
});

test('listeners that stay get every item, however many others join and leave', async t => {
  const passenger = fc.record({joins: fc.nat(5), leaves: fc.option(fc.integer({min: 1, max: 8}))});
  await fc.assert(
    fc.asyncProperty(fc.array(passenger, {minLength: 1, maxLength: 8}), async passengers => {
      const flights = createSingleFlight<string, string>();
      const plane = createPlane();
      const whole = ['0', '1', '2', '3', '4', '5'];
      // One listener stays from the beginning: the flight is never empty.
      const stays = collect(flights.join('q', stay, plane.begin).items);
      const others: Promise<boolean>[] = [];
      const leaving: {at: number; controller: AbortController}[] = [];
      for (const [index, item] of whole.entries()) {
        for (const {joins, leaves} of passengers.filter(({joins: at}) => at === index)) {
          const controller = new AbortController();
          const items = collect(flights.join('q', controller.signal, plane.begin).items);
          if (leaves !== null) leaving.push({at: joins + leaves, controller});
          others.push(
            items.then(
              got => got.join() === whole.join(),
              () => leaves !== null,
            ),
          );
        }
        for (const {at, controller} of leaving) if (at === index) controller.abort();
        await plane.send(item);
      }
      await plane.land();
      const outcomes = await Promise.all(others);
      return outcomes.every(Boolean) && (await stays).join() === whole.join() && plane.departures === 1;
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

function createPlane(): Plane {
  let departures = 0;
  let signal: AbortSignal | undefined;
  const events: ({item: string} | {error: Error} | 'land')[] = [];
  let wake = () => {};
  const tell = async (event: (typeof events)[number]) => {
    events.push(event);
    wake();
    await settle();
  };
  async function* fly() {
    for (;;) {
      const event = events.shift();
      if (event === undefined) {
        await new Promise<void>(resolve => {
          wake = resolve;
        });
      } else if (event === 'land') return;
      else if ('error' in event) throw event.error;
      else yield event.item;
    }
  }
  return {
    begin(given) {
      departures++;
      signal = given;
      return {label: `departure ${departures}`, items: fly()};
    },
    get departures() {
      return departures;
    },
    get signal() {
      return signal;
    },
    send: item => tell({item}),
    land: () => tell('land'),
    crash: error => tell({error}),
  };
}
