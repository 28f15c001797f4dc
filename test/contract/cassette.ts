import test, {type ExecutionContext} from 'ava';
import fc from 'fast-check';
import type {Cassette, Interaction} from '../../src/cassette/cassette.js';
import {defaultKeySettings, type KeySettings} from '../../src/cassette/key/key-settings.js';
import {type MediaFacts, noFacts} from '../../src/cassette/media-memory.js';
import {digestOf, someFacts} from '../support/arbitrary-facts.js';
import {arbitraryTake} from '../support/arbitrary-take.js';
import {errorTakeOf, keyOf, recordingOf, takeOf, textOf, viewOf, wireTakeOf} from '../support/recordings.js';

export type CassetteStore = {
  /** Opens the store's one cassette; several openings act like several processes. */
  open(options?: {keySettings?: Partial<KeySettings>; writable?: boolean}): Promise<Cassette>;
};

/** The behaviour of every implementation of `Cassette`. Each store starts empty, and is removed when the test ends. */
export function testCassette(
  implementation: string,
  createStore: (t: ExecutionContext) => Promise<CassetteStore>,
): void {
  const behaves = (
    title: string,
    run: (t: ExecutionContext, store: CassetteStore, cassette: Cassette) => Promise<void>,
  ) =>
    test(`${implementation}: ${title}`, async t => {
      const store = await createStore(t);
      const cassette = await store.open();
      t.teardown(() => cassette.close());
      await run(t, store, cassette);
    });
  const record = async (store: CassetteStore, ...recordings: Parameters<typeof recordingOf>[]) => {
    const cassette = await store.open();
    for (const recording of recordings) await cassette.add(recordingOf(...recording));
    await cassette.close();
  };
  const answers = async (store: CassetteStore, question: string) => {
    const cassette = await store.open({writable: false});
    const interaction = await cassette.find(keyOf(question));
    await cassette.close();
    return interaction?.takes.map(textOf);
  };

  behaves('an empty cassette has no interactions', async (t, _store, cassette) => {
    t.is(await cassette.find(keyOf('Hi')), undefined);
    t.deepEqual(await listed(cassette.interactions()), []);
    t.deepEqual(await listed(cassette.views()), []);
  });

  behaves('an added take is found at once', async (t, _store, cassette) => {
    const take = takeOf(['Hel', 'lo']);
    await cassette.add(recordingOf('Hi', take));
    t.deepEqual(await cassette.find(keyOf('Hi')), {key: keyOf('Hi'), view: viewOf('Hi'), takes: [take]});
    t.is(await cassette.find(keyOf('Bye')), undefined);
  });

  behaves("a take keeps an error, with its provider's bytes and without", async (t, store, cassette) => {
    const takes = [errorTakeOf(429), errorTakeOf(429, '{"error":\n{}}'), errorTakeOf(500)];
    for (const [index, take] of takes.entries()) await cassette.add(recordingOf('Hi', take, index));
    t.deepEqual((await cassette.find(keyOf('Hi')))?.takes, takes);
    await cassette.flush();
    const other = await store.open({writable: false});
    t.deepEqual((await other.find(keyOf('Hi')))?.takes, takes);
    await other.close();
  });

  behaves('an error and an answer are two takes, and equal errors are one', async (t, store) => {
    const later = {
      ...errorTakeOf(429),
      provenance: {...errorTakeOf(429).provenance, recordedAt: 1_760_000_009_000},
    };
    await record(store, ['Hi', errorTakeOf(429)], ['Hi', 'Hello'], ['Hi', later]);
    const cassette = await store.open({writable: false});
    t.is((await cassette.find(keyOf('Hi')))?.takes.length, 2);
    await cassette.close();
  });

  for (const [what, bytes] of [
    ['text', 'data: {"a":"\\u0000 – 🗼"}\r\n\r\n\0'],
    ['bytes that are no text', Uint8Array.from([255, 0, 254, 10, 13, 128, 1])],
  ] as const) {
    behaves(`a take keeps the ${what} of its provider`, async (t, store, cassette) => {
      const takes = [wireTakeOf(bytes), wireTakeOf(bytes, {isRaw: true})];
      for (const [index, take] of takes.entries()) await cassette.add(recordingOf(`Hi ${index}`, take));
      await cassette.flush();
      const other = await store.open({writable: false});
      t.teardown(() => other.close());
      for (const [index, take] of takes.entries()) {
        t.deepEqual((await other.find(keyOf(`Hi ${index}`)))?.takes, [take]);
      }
    });
  }

  behaves('takes with other bytes are other takes, and equal ones are one', async (t, store, cassette) => {
    for (const bytes of ['one one', 'two two', 'one one']) {
      await cassette.add(recordingOf('Hi', wireTakeOf(bytes)));
    }
    await cassette.flush();
    const other = await store.open({writable: false});
    t.teardown(() => other.close());
    t.is((await other.find(keyOf('Hi')))?.takes.length, 2);
  });

  behaves(
    'a flushed take is found by another opening of the cassette, and still by this one',
    async (t, store, cassette) => {
      await cassette.add(recordingOf('Hi', 'Hello'));
      await cassette.flush();
      t.deepEqual(await answers(store, 'Hi'), ['Hello']);
      t.is(textOf((await cassette.find(keyOf('Hi')))?.takes[0]), 'Hello');
    },
  );

  behaves('closing saves what was added', async (t, store, cassette) => {
    await cassette.add(recordingOf('Hi', 'Hello'));
    await cassette.close();
    t.deepEqual(await answers(store, 'Hi'), ['Hello']);
  });

  test(`${implementation}: a take is read back unchanged`, async t => {
    await fc.assert(
      fc.asyncProperty(arbitraryTake, async take => {
        const store = await createStore(t);
        const recorder = await store.open();
        await recorder.add(recordingOf('Hi', take));
        const fresh = await recorder.find(keyOf('Hi'));
        await recorder.close();
        const reader = await store.open({writable: false});
        const stored = await reader.find(keyOf('Hi'));
        await reader.close();
        t.deepEqual(fresh?.takes, [take]);
        t.deepEqual(stored?.takes, [take]);
      }),
      {numRuns: 40},
    );
  });

  behaves('a second answer is a second take, in the order of recording', async (t, store) => {
    await record(store, ['Hi', takeOf('Hello', 2)], ['Hi', takeOf('Hey', 1)]);
    t.deepEqual(await answers(store, 'Hi'), ['Hey', 'Hello']);
  });

  behaves(
    'an existing answer is not added again, however it is split into chunks and whenever it came',
    async (t, store) => {
      await record(store, ['Hi', takeOf(['Hel', 'lo'], 1)]);
      await record(store, ['Hi', {...takeOf(['H', 'ello'], 2)}]);
      const cassette = await store.open({writable: false});
      t.deepEqual((await cassette.find(keyOf('Hi')))?.takes, [takeOf(['Hel', 'lo'], 1)]);
      await cassette.close();
    },
  );

  behaves('re-recording replaces the existing takes one by one', async (t, store) => {
    await record(store, ['Hi', takeOf('one', 1)], ['Hi', takeOf('two', 2)], ['Hi', takeOf('three', 3)]);
    await record(store, ['Hi', takeOf('uno', 11), 0], ['Hi', takeOf('dos', 12), 1]);
    t.deepEqual(await answers(store, 'Hi'), ['uno', 'dos']);
  });

  behaves('re-recording leaves a take with the same answer unchanged', async (t, store) => {
    await record(store, ['Hi', takeOf('one', 1)], ['Hi', takeOf('two', 2)]);
    await record(store, ['Hi', takeOf('uno', 11), 0], ['Hi', takeOf('two', 12), 1]);
    const cassette = await store.open({writable: false});
    t.deepEqual((await cassette.find(keyOf('Hi')))?.takes, [takeOf('uno', 11), takeOf('two', 2)]);
    await cassette.close();
  });

  behaves(
    'a session that re-records and flushes in between gives the same result as without the flush',
    async (t, store) => {
      await record(store, ['Hi', takeOf('one', 1)], ['Hi', takeOf('two', 2)]);
      const cassette = await store.open();
      await cassette.add(recordingOf('Hi', takeOf('uno', 11), 0));
      await cassette.flush();
      await cassette.add(recordingOf('Hi', takeOf('two', 12), 1));
      await cassette.close();
      t.deepEqual(await answers(store, 'Hi'), ['uno', 'two']);
    },
  );

  behaves(
    'an answer that equals the last take adds nothing, as the last take repeats anyway',
    async (t, store) => {
      await record(store, ['Hi', takeOf('Hello', 1)]);
      await record(store, ['Hi', takeOf('Hello', 11), 0], ['Hi', takeOf('Hello', 12), 1]);
      t.deepEqual(await answers(store, 'Hi'), ['Hello']);
      await record(
        store,
        ['Hi', takeOf('Hello', 21), 0],
        ['Hi', takeOf('Hello', 22), 1],
        ['Hi', takeOf('Bye', 23), 2],
      );
      t.deepEqual(await answers(store, 'Hi'), ['Hello', 'Hello', 'Bye']);
    },
  );

  behaves('two openings that record at the same time lose nothing', async (t, store, cassette) => {
    const other = await store.open();
    await cassette.add(recordingOf('mine', 'My answer'));
    await other.add(recordingOf('yours', 'Your answer'));
    await cassette.add(recordingOf('ours', takeOf('Mine', 1)));
    await other.add(recordingOf('ours', takeOf('Yours', 2)));
    await cassette.close();
    await other.close();
    t.deepEqual(await answers(store, 'mine'), ['My answer']);
    t.deepEqual(await answers(store, 'yours'), ['Your answer']);
    t.deepEqual(await answers(store, 'ours'), ['Mine', 'Yours']);
  });

  behaves(
    'interactions and views are listed in the order of their keys, new ones among the old',
    async (t, store) => {
      const questions = Array.from({length: 130}, (_, index) => `question ${index}`);
      await record(
        store,
        ...questions.slice(0, 120).map((question): [string, string] => [question, 'An answer']),
      );
      const cassette = await store.open();
      for (const question of questions.slice(120)) await cassette.add(recordingOf(question, 'An answer'));
      const keys = questions.map(keyOf).sort();
      t.deepEqual(
        (await listed(cassette.interactions())).map(({key}) => key),
        keys,
      );
      t.deepEqual(
        (await listed(cassette.views())).map(({key}) => key),
        keys,
      );
      const [first] = await listed<Pick<Interaction, 'key' | 'view'>>(cassette.views());
      t.deepEqual(first?.view, viewOf(questions.find(question => keyOf(question) === keys[0]) ?? ''));
      await cassette.close();
    },
  );

  behaves(
    'the revision grows if an existing interaction changes, and not if a new one is added',
    async (t, _store, cassette) => {
      const {revision} = cassette;
      await cassette.add(recordingOf('Hi', takeOf('Hello', 1)));
      await cassette.flush();
      await cassette.add(recordingOf('Bye', takeOf('Goodbye', 1)));
      await cassette.add(recordingOf('Bye', takeOf('Goodbye', 2)));
      await cassette.flush();
      t.is(cassette.revision, revision);
      await cassette.add(recordingOf('Hi', takeOf('Hey', 2)));
      t.true(cassette.revision > revision);
    },
  );

  behaves('a cassette remembers the settings that it was created with', async (t, store) => {
    const keySettings = {forwardModel: true, ignore: [{pointer: '/sampling/seed'}]};
    const first = await store.open({keySettings});
    await first.add(recordingOf('Hi', 'Hello'));
    await first.close();
    const second = await store.open();
    t.deepEqual(second.keySettings, {...defaultKeySettings, ...keySettings});
    await second.close();
    await t.throwsAsync(store.open({keySettings: {forwardModel: false}}), {code: 'settings_differ'});
  });

  behaves('facts that are added with a take are remembered with it', async (t, store, cassette) => {
    await cassette.add({...recordingOf('Hi', 'Hello'), facts: someFacts});
    t.deepEqual(await factsIn(cassette), someFacts);
    await cassette.close();
    const reader = await store.open({writable: false});
    t.deepEqual(await factsIn(reader), someFacts);
    await reader.close();
  });

  behaves('facts that are learned later are remembered, too', async (t, store, cassette) => {
    await cassette.add(recordingOf('Hi', 'Hello'));
    await cassette.flush();
    await cassette.media.learn(someFacts);
    t.deepEqual(await factsIn(cassette), someFacts);
    await cassette.flush();
    t.deepEqual(await factsIn(cassette), someFacts);
    await cassette.close();
    const reader = await store.open({writable: false});
    t.deepEqual(await factsIn(reader), someFacts);
    await reader.close();
  });

  behaves('facts are stored even if their take adds nothing', async (t, _store, cassette) => {
    await cassette.add(recordingOf('Hi', 'Hello'));
    await cassette.add({...recordingOf('Hi', 'Hello'), facts: someFacts});
    t.deepEqual(await factsIn(cassette), someFacts);
  });

  behaves(
    'two openings that learn different facts about the same PDF both keep what they learned',
    async (t, store, cassette) => {
      const [render] = someFacts.renders;
      if (!render) return t.fail();
      const elsewhere = {...render, pages: [{pixels: digestOf('page 1, in other fonts')}]};
      const other = await store.open();
      await cassette.add({...recordingOf('mine', 'Mine'), facts: someFacts});
      await other.add({...recordingOf('yours', 'Yours'), facts: {...noFacts, renders: [elsewhere]}});
      await cassette.close();
      await other.close();
      const reader = await store.open({writable: false});
      const renders = await reader.media.renders(render.pdf, render.options);
      t.is(renders.length, 2);
      t.true(renders.some(({pages}) => pages.length === 1) && renders.some(({pages}) => pages.length === 2));
      await reader.close();
    },
  );

  behaves('the revision grows if a known fact changes', async (t, _store, cassette) => {
    await cassette.add({...recordingOf('Hi', 'Hello'), facts: someFacts});
    const {revision} = cassette;
    await cassette.media.learn(someFacts);
    const [render] = someFacts.renders;
    if (!render) return t.fail();
    await cassette.media.learn({...noFacts, renders: [{...render, pdf: digestOf('another')}]});
    t.is(cassette.revision, revision);
    await cassette.media.learn({...noFacts, renders: [{...render, pages: [{pixels: digestOf('other')}]}]});
    t.true(cassette.revision > revision);
  });

  behaves(
    'a cassette that is open for reading stores no learned facts, and does not fail',
    async (t, store, cassette) => {
      await cassette.add(recordingOf('Hi', 'Hello'));
      await cassette.close();
      const reader = await store.open({writable: false});
      await reader.media.learn(someFacts);
      t.deepEqual(await factsIn(reader), noFacts);
      await reader.close();
    },
  );

  behaves('a read-only cassette accepts no take', async (t, store) => {
    const reader = await store.open({writable: false});
    await t.throwsAsync(reader.add(recordingOf('Hi', 'Hello')), {code: 'cassette_write_failed'});
    await reader.close();
    t.is(await answers(store, 'Hi'), undefined);
  });

  behaves('a recording under a different key is refused', async (t, _store, cassette) => {
    await t.throwsAsync(cassette.add({...recordingOf('Hi', 'Hello'), key: keyOf('Bye')}), {code: 'internal'});
    t.is(await cassette.find(keyOf('Bye')), undefined);
  });

  behaves(
    'a closed cassette reports that it is closed, and can be closed again',
    async (t, _store, cassette) => {
      await cassette.add(recordingOf('Hi', 'Hello'));
      await cassette.close();
      await cassette.close();
      cassette.refresh();
      await t.throwsAsync(cassette.find(keyOf('Hi')), {code: 'internal'});
      await t.throwsAsync(cassette.add(recordingOf('Bye', 'Goodbye')), {code: 'internal'});
    },
  );
}

async function factsIn({media}: Cassette): Promise<MediaFacts> {
  const pictures = await Promise.all(someFacts.media.map(({digest}) => media.thumbnail(digest)));
  return {
    renders: await listed(media.allRenders()),
    references: await listed(media.allReferences()),
    media: pictures.flatMap(one => (one ? [{...one, bytes: new Uint8Array(one.bytes)}] : [])),
  };
}

async function listed<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}
