import type {ServerResponse} from 'node:http';
import {setTimeout as sleep} from 'node:timers/promises';
import type {ExecutionContext} from 'ava';
import OpenAI from 'openai';
import {openStoreCassette} from '../../src/cassette/postgres/open-store.js';
import {hasHaproxy, startHaproxy} from '../support/haproxy.js';
import {freePort, postgresTest, skippedTest, useServer} from '../support/postgres-server.js';
import {textOf} from '../support/recordings.js';
import {startRetake, untilMatch} from '../support/retake.js';
import {answering, type Script, scriptedUpstream} from '../support/scripted-upstream.js';

const server = useServer();
const test = hasHaproxy ? postgresTest : skippedTest;

const clientCount = 200;
const questionsOfClient = 4;
const questionCount = 200;
const sessionLength = 4;

/** A process that is started again whenever it is killed. */
type Replica = {isUp(): boolean; kill(): void};

async function startReplica(t: ExecutionContext, port: number, words: readonly string[]): Promise<Replica> {
  let current: Awaited<ReturnType<typeof startRetake>> | undefined;
  let isUp = false;
  let isOver = false;
  const start = async () => {
    const started = await startRetake(t, ['serve', '--port', String(port), '--log', 'none', ...words]);
    // Before the process is ended by the teardown that was added before.
    t.teardown(() => {
      isOver = true;
    });
    current = started;
    void started.child.then(() => {
      isUp = false;
      if (!isOver) void startUntilUp();
    });
    await untilMatch(started, started.output, /listens on/);
    isUp = true;
  };
  const startUntilUp = async () => {
    try {
      await start();
    } catch {
      // The database was away while it started: it is started again when its process has ended.
    }
  };
  await startUntilUp();
  return {isUp: () => isUp, kill: () => current?.child.kill('SIGKILL')};
}

/** An SDK client that counts its attempts. */
function client(address: string, session?: string) {
  let attempts = 0;
  const openai = new OpenAI({
    apiKey: 'none',
    baseURL: `${address}/v1`,
    maxRetries: 60,
    defaultHeaders: session === undefined ? {} : {'x-retake-session': session},
    fetch: (input, init) => {
      attempts++;
      return fetch(input, init);
    },
  });
  return {
    attempts: () => attempts,
    async ask(content: string) {
      const answer = await openai.chat.completions.create({
        model: 'gpt-4o',
        messages: [{role: 'user', content}],
      });
      return answer.choices[0]?.message.content ?? '';
    },
  };
}

test('200 clients, killed replicas and a restarted database lose no take, and each question is asked once', async t => {
  t.timeout(240_000);
  const asked = new Map<string, number>();
  const open = new Map<string, ServerResponse[]>();
  let overlaps = 0;
  const script: Script = async exchange => {
    const question: string = exchange.request.body.messages.at(-1).content;
    const count = (asked.get(question) ?? 0) + 1;
    asked.set(question, count);
    const others = [...(open.get(question) ?? [])];
    const mine = exchange.response;
    open.set(question, [...others, mine]);
    await exchange.wait(100);
    if (others.some(other => !other.closed)) overlaps++;
    await answering([`answer ${count} to ${question}`])(exchange);
  };
  const upstream = await scriptedUpstream(t, script);
  const address = `${server().address}?cassette=replicas`;

  // An interaction with several takes, for the sessions.
  const dice = 'Roll a die';
  const first = await startRetake(t, [
    'serve',
    '--port',
    '0',
    '--mode',
    'record',
    '--cassette',
    address,
    '--upstream',
    upstream.url,
  ]);
  const recorder = client(await untilMatch(first, first.output, /listens on (http:\S+)/));
  const rolls: string[] = [];
  for (let index = 0; index < sessionLength; index++) rolls.push(await recorder.ask(dice));
  first.child.kill('SIGTERM');
  await first.child;

  const ports = [await freePort(), await freePort(), await freePort()];
  const words = ['--cassette', address, '--upstream', upstream.url];
  const replicas = await Promise.all(ports.map(port => startReplica(t, port, words)));
  const balancer = await startHaproxy(t, ports);

  let isDone = false;
  let kills = 0;
  const disturb = async () => {
    for (let round = 0; !isDone && round < 8; round++) {
      await sleep(2000);
      const up = replicas.filter(replica => replica.isUp());
      if (up.length > 1) {
        up[round % up.length]?.kill();
        kills++;
      }
      if (round === 2 || round === 5) {
        await server().stop();
        await server().start();
      }
    }
  };
  const acknowledged: {question: string; text: string}[] = [];
  const work = Array.from({length: clientCount}, async (_, number) => {
    const session = client(balancer, `session ${number}`);
    const heard: string[] = [];
    const listen = async () => {
      for (let index = 0; index < sessionLength; index++) heard.push(await session.ask(dice));
    };
    // Half of the sessions are asked while there is trouble.
    if (number % 2 === 0) await listen();
    const {ask} = client(balancer);
    for (let index = 0; index < questionsOfClient; index++) {
      const question = `question ${(number * 7 + index * 31) % questionCount}`;
      acknowledged.push({question, text: await ask(question)});
      await sleep(1500);
    }
    if (number % 2 === 1) await listen();
    return {heard, isUndisturbed: session.attempts() === sessionLength};
  });
  const disturbing = disturb();
  const sessions = await Promise.all(work);
  isDone = true;
  await disturbing;

  const cassette = await openStoreCassette(address, {writable: false});
  const stored = new Map<string, readonly (string | undefined)[]>();
  for await (const {view, takes} of cassette.interactions()) {
    const [, question = dice] = /(question \d+)/.exec(JSON.stringify(view)) ?? [];
    stored.set(question, takes.map(textOf));
  }
  await cassette.close();

  t.is(acknowledged.length, clientCount * questionsOfClient);
  for (const {question, text} of acknowledged) t.deepEqual(stored.get(question), [text]);
  t.is(stored.size, questionCount + 1);
  const again = [...asked].filter(([question, count]) => question !== dice && count > 1);
  // A replica that was killed before its answer was stored is followed by another, and never accompanied.
  t.is(overlaps, 0);
  t.true(again.every(([, count]) => count <= 1 + kills));
  for (const {heard, isUndisturbed} of sessions) {
    if (isUndisturbed) t.deepEqual(heard, rolls);
    const places = heard.map(text => rolls.indexOf(text));
    t.true(places.every((place, index) => place >= 0 && place >= Math.min(index, sessionLength - 1)));
  }
  t.true(kills > 0);
  t.log(
    `${kills} replicas killed, PostgreSQL restarted twice: ${acknowledged.length} answers, ${stored.size} takes of questions, ${again.length} questions asked again after a kill, ${sessions.filter(one => one.isUndisturbed).length} sessions without a retry`,
  );
});
