import {once} from 'node:events';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import ava from 'ava';
import {execa} from 'execa';
import OpenAI from 'openai';
import {engineArguments} from '../../../src/upstream/local/engine/engine-arguments.js';
import {engineCommand} from '../../../src/upstream/local/engine/engine-program.js';
import {describeModel} from '../../../src/upstream/local/models/describe-model.js';
import {setUp} from '../../../src/upstream/local/set-up/set-up.js';
import {externalUpstream} from '../../../src/upstream/openai-compatible/external-upstream.js';
import {buildProxy} from '../../support/build-proxy.js';
import {interactionsIn} from '../../support/cassette-files.js';
import {eventually} from '../../support/eventually.js';
import {hasHaproxy, startHaproxy} from '../../support/haproxy.js';
import {liveOptions} from '../../support/live-upstream.js';
import {freePort} from '../../support/postgres-server.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

const test = hasHaproxy ? ava : ava.skip;

/** A real llama-server with Gemma 3 270M, for two requests at once. */
async function startEngine(t: ExecutionContext) {
  const {program, model} = await setUp({
    ...liveOptions,
    model: describeModel(liveOptions),
    signal: new AbortController().signal,
    onProgress() {},
  });
  const port = await freePort();
  const tuning = {...liveOptions.tuning, threads: 1, parallel: 2, contextSize: 2048} as const;
  const [file, ...words] = engineCommand(program);
  const child = execa(
    file,
    [...words, ...engineArguments(tuning, model), '--host', '127.0.0.1', '--port', String(port)],
    {stdin: 'pipe', stdout: 'ignore', stderr: 'ignore', reject: false, detached: true},
  );
  const kill = async () => {
    if (child.nodeChildProcess.exitCode !== null || child.nodeChildProcess.signalCode !== null) return;
    const ended = once(child.nodeChildProcess, 'exit');
    // With what it has started.
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await ended;
  };
  t.teardown(kill);
  return {port, kill};
}

/** Answered at length: the model itself would stop after a line. */
const long = (topic: string) => ({
  model: 'gemma3-270m',
  max_completion_tokens: 150,
  messages: [{role: 'user' as const, content: `Write about ${topic}.`}],
  response_format: {
    type: 'json_schema' as const,
    json_schema: {
      name: 'words',
      schema: {type: 'array', minItems: 80, maxItems: 80, items: {enum: ['one', 'two', 'three']}},
    },
  },
});

test('an engine killed in mid-answer breaks only its answers, which are not recorded, and retries go to the other one', async t => {
  t.timeout(600_000, 'the engine and the model may have to be fetched first');
  const engines = [await startEngine(t), await startEngine(t)] as const;
  // It waits until /health of an engine says that its model is loaded.
  const balancer = await startHaproxy(
    t,
    engines.map(({port}) => port),
    'engines.cfg',
  );
  const seen = new Set<string | null>();
  await eventually('both engines are in use', async () => {
    seen.add((await fetch(`${balancer}/health`)).headers.get('x-engine'));
    return seen.size === 2;
  });
  const cassette = join(await temporaryFolder(t), 'fleet.cassette');
  const {url} = await buildProxy(t, {cassette, upstream: externalUpstream({url: balancer})});
  const client = new OpenAI({apiKey: 'none', baseURL: `${url}/v1`, maxRetries: 5});

  /** Resolves when the answer has begun; `whole` is then its text, or the error that ended it. */
  const stream = async (topic: string) => {
    const events = await client.chat.completions.create({...long(topic), stream: true});
    const iterator = events[Symbol.asyncIterator]();
    let text = (await iterator.next()).value?.choices[0]?.delta.content ?? '';
    const whole = (async () => {
      try {
        for (let next = await iterator.next(); !next.done; next = await iterator.next())
          text += next.value.choices[0]?.delta.content ?? '';
        return text;
      } catch (error) {
        return error as Error;
      }
    })();
    return {topic, whole};
  };
  // Least connections: the second goes to the engine that has no answer to give, and of the others one to each.
  const streams = await Promise.all([stream('a dog'), stream('a cat')]);
  const unary = ['a horse', 'a cow'].map(topic => client.chat.completions.create(long(topic)));
  await engines[0].kill();

  const outcomes = await Promise.all(streams.map(async ({topic, whole}) => ({topic, outcome: await whole})));
  const broken = outcomes.filter(({outcome}) => outcome instanceof Error);
  t.is(broken.length, 1, 'each engine had one of the two streams');
  t.true((await Promise.all(unary)).every(({choices}) => (choices[0]?.message.content ?? '') !== ''));
  const [{topic} = {topic: ''}] = broken;
  const recorded = async () => JSON.stringify((await interactionsIn(cassette)).map(({view}) => view));
  await eventually(
    'the other answers are recorded',
    async () => (await interactionsIn(cassette)).length === 3,
  );
  t.false((await recorded()).includes(topic), 'the broken answer is not recorded');

  const again = await (await stream(topic)).whole;
  t.true(typeof again === 'string' && again !== '', String(again));
  await eventually('the retry is recorded', async () => (await recorded()).includes(topic));
  const check = await fetch(`${balancer}/health`);
  t.is(check.headers.get('x-engine'), 'engine2');
});
