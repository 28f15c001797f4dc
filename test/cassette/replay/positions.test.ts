import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import {openCassettes} from '../../../src/cassette/file/cassette-folder.js';
import type {Mode} from '../../../src/cassette/modes.js';
import type {Sent} from '../../../src/cassette/replay/cassette-context.js';
import {createPlayhead} from '../../../src/cassette/replay/playhead.js';
import {createRecordings} from '../../../src/cassette/replay/recordings.js';
import {withCassette} from '../../../src/cassette/replay/with-cassette.js';
import type {AnswerChunk} from '../../../src/chat/chunk.js';
import type {AskedRequest} from '../../../src/chat/request.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

const sessions = ['', 'a', 'b'] as const;
const questions = ['one', 'two'] as const;

/** How a client behaves: it stays to the end, leaves before it has received anything, or leaves after the first text. */
type Leaves = 'never' | 'before' | 'midway';

type Step =
  | {readonly type: 'ask'; readonly session: string; readonly question: string; readonly leaves: Leaves}
  /** The model goes on with one of its open answers. */
  | {readonly type: 'answer'; readonly which: number}
  /** The committed file gets what was recorded so far. */
  | {readonly type: 'flush'; readonly waits: boolean};

const arbitrarySteps = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        type: fc.constant('ask' as const),
        session: fc.constantFrom(...sessions),
        question: fc.constantFrom(...questions),
        leaves: fc.constantFrom<Leaves>('never', 'never', 'never', 'before', 'midway'),
      }),
    },
    {weight: 5, arbitrary: fc.record({type: fc.constant('answer' as const), which: fc.nat(9)})},
    {weight: 1, arbitrary: fc.record({type: fc.constant('flush' as const), waits: fc.boolean()})},
  ),
  {maxLength: 30},
);

/** An asking, and what was said to it; undefined if its client left before it had received anything. */
type Asked = {readonly session: string; readonly question: string; text: string | undefined};

type Proxy = ReturnType<typeof openProxy>;

function openProxy(options: {
  readonly path: string;
  readonly mode: Mode;
  readonly answers?: readonly string[];
  readonly now: () => number;
}) {
  const {path, mode, answers = [], now} = options;
  const open: (() => void)[] = [];
  let asked = 0;
  const opening = openCassettes(path, {writable: mode !== 'replay', keySettings: {}, now, log: () => {}});
  const recordings = createRecordings({finishTimeout: 60_000});
  const chat = withCassette(
    async function* (): AsyncIterable<AnswerChunk> {
      const text = answers[asked++ % answers.length] ?? 'nothing';
      const step = () =>
        new Promise<void>(resolve => {
          open.push(resolve);
        });
      yield {type: 'reply-start', answeredBy: {model: 'm'}};
      await step();
      yield {type: 'text-delta', candidate: 0, text};
      await step();
      yield {type: 'text-delta', candidate: 0, text: '.'};
      yield {type: 'reply-end', finish: [{unified: 'stop', raw: 'stop'}]};
    },
    {
      cassettes: {get: async () => (await opening).get()},
      media: () => ({
        isEmpty: true,
        mayChange: false,
        recall: async () => [],
        inspect: async () => {
          throw new Error('Nothing is attached here');
        },
      }),
      playhead: createPlayhead(),
      recordings,
      pace: 'instant',
      now,
    },
  );
  const ask = async (session: string, question: string, leaves: Leaves): Promise<string | undefined> => {
    const leaving = new AbortController();
    let text: string | undefined;
    let onEnd: (sent: Sent) => void = () => {};
    const request: AskedRequest = {
      operation: 'chat',
      turns: [{role: 'user', parts: [{type: 'text', text: question}]}],
    };
    const chunks = chat(request, {
      mode,
      session,
      cassette: undefined,
      modelName: 'm',
      signal: leaving.signal,
      announce: () => {
        if (leaves === 'before') setImmediate(() => leaving.abort());
      },
      onEnd: callback => {
        onEnd = callback;
      },
    });
    try {
      for await (const chunk of chunks) {
        if (leaving.signal.aborted) break;
        if (chunk.type === 'text-delta' && leaves !== 'before') text = (text ?? '') + chunk.text;
        if (text !== undefined && leaves === 'midway') leaving.abort();
      }
    } catch (error) {
      if (!leaving.signal.aborted) throw error;
    }
    onEnd(text === undefined ? 'nothing' : leaving.signal.aborted ? 'part' : 'whole');
    return text;
  };
  return {
    ask,
    get asked() {
      return asked;
    },
    answer(which: number) {
      const [resolve] = open.splice(which % Math.max(open.length, 1), 1);
      resolve?.();
    },
    get isWaiting() {
      return open.length > 0;
    },
    flush: async () => (await (await opening).get()).flush(),
    settled: recordings.settled,
    close: async () => (await opening).close(),
  };
}

/** Lets every promise and callback that is ready run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await new Promise(resolve => setImmediate(resolve));
}

async function record(proxy: Proxy, steps: readonly Step[]): Promise<readonly Asked[]> {
  const all: Asked[] = [];
  const open = new Set<Promise<void>>();
  for (const step of steps) {
    if (step.type === 'answer') proxy.answer(step.which);
    else if (step.type === 'flush') {
      const flushing = proxy.flush();
      if (step.waits) await flushing;
    } else {
      const {session, question, leaves} = step;
      const asked: Asked = {session, question, text: undefined};
      all.push(asked);
      const end = proxy.ask(session, question, leaves).then(text => {
        asked.text = text;
        open.delete(end);
      });
      open.add(end);
    }
    await settle();
  }
  while (open.size > 0 || proxy.isWaiting) {
    proxy.answer(0);
    await settle();
  }
  await proxy.settled();
  return all;
}

function clock(isStill: boolean): () => number {
  let time = 1_760_000_000_000;
  return () => (isStill ? time : time++);
}

test('what a session was answered while recording is what it is answered in replay', async t => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'law.cassette');
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<Mode>('record', 'record', 'auto'),
      arbitrarySteps,
      fc.array(fc.constantFrom('a', 'b', 'c'), {minLength: 1, maxLength: 6}),
      fc.boolean(),
      async (mode, steps, answers, isStill) => {
        await rm(path, {force: true});
        const recorder = openProxy({path, mode, answers, now: clock(isStill)});
        const all = await record(recorder, steps);
        await recorder.close();

        const player = openProxy({path, mode: 'replay', now: clock(false)});
        for (const {session, question, text} of all) {
          if (text === undefined) continue;
          const played = await player.ask(session, question, 'never');
          t.true(played?.startsWith(text), `${session} asked ${question}: ${text} became ${played}`);
        }
        await player.close();
      },
    ),
    {numRuns: Number(process.env['POSITION_RUNS'] ?? 150)},
  );
});

const ways = [
  {name: 'record', mode: 'record', takes: 5},
  {name: 'auto', mode: 'auto', takes: 1},
] as const;

for (const {mode, takes} of ways) {
  test(`five equal parallel questions in mode ${mode} ask the model ${takes} times`, async t => {
    const path = join(await temporaryFolder(t), 'five.cassette');
    const proxy = openProxy({path, mode, answers: ['1', '2', '3', '4', '5'], now: clock(false)});
    const asked = [0, 1, 2, 3, 4].map(() => proxy.ask('', 'one', 'never'));
    await settle();
    t.is(proxy.asked, takes);
    while (proxy.isWaiting) {
      proxy.answer(0);
      await settle();
    }
    const texts = await Promise.all(asked);
    t.deepEqual(texts, mode === 'record' ? ['1.', '2.', '3.', '4.', '5.'] : Array(5).fill('1.'));
    await proxy.close();
  });
}

test('two sessions that record the same question share its positions', async t => {
  const path = join(await temporaryFolder(t), 'shared.cassette');
  const order = ['a', 'b', 'b', 'a', 'a'];
  const recorder = openProxy({path, mode: 'record', answers: ['1', '2', '3'], now: clock(false)});
  const texts: (string | undefined)[] = [];
  for (const session of order) {
    const asked = recorder.ask(session, 'one', 'never');
    await settle();
    while (recorder.isWaiting) {
      recorder.answer(0);
      await settle();
    }
    texts.push(await asked);
  }
  t.deepEqual(texts, ['1.', '1.', '2.', '2.', '3.']);
  t.is(recorder.asked, 3);
  await recorder.close();

  const player = openProxy({path, mode: 'replay', now: clock(false)});
  const played: (string | undefined)[] = [];
  for (const session of order) played.push(await player.ask(session, 'one', 'never'));
  t.deepEqual(played, texts);
  await player.close();
});
