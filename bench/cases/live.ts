import {cacheFolder} from '../../src/files/cache-folder.js';
import {engineArguments} from '../../src/upstream/local/engine/engine-arguments.js';
import {defaultTuning} from '../../src/upstream/local/engine/engine-tuning.js';
import {type Engine, startEngine} from '../../src/upstream/local/engine/start-engine.js';
import {describeModel} from '../../src/upstream/local/models/describe-model.js';
import {findSetUp} from '../../src/upstream/local/set-up/set-up.js';
import type {Bench, Effort, Row} from '../bench.js';
import {median} from '../median.js';
import {questionHeaders, questionPath} from '../question.js';

const modelName = 'gemma3-270m';
const tokens = 48;

type Answer = {
  /** Milliseconds until the first token. */
  readonly firstToken: number;
  readonly tokensPerSecond: number;
};
type Asking = {readonly url: string; readonly headers: Readonly<Record<string, string>>};

export const live: Bench = {
  name: 'live',
  summary: 'a live answer in passthrough mode, against asking llama-server directly',
  async run({effort, servers}) {
    const what = 'live answers';
    const {complete: setUp} = await findSetUp({
      model: describeModel({model: modelName}),
      cacheFolder: cacheFolder(process.env),
      path: process.env['PATH'] ?? '',
    });
    if (!setUp) return [{what, skipped: `\`retake setup --model ${modelName}\` has not been run`}];
    const engine = await startEngine({
      program: setUp.program,
      arguments: engineArguments(defaultTuning, setUp.model),
    });
    try {
      const retake = await servers.retake(['--mode', 'passthrough', '--upstream', engine.url], {
        LK_UPSTREAM_AUTH_HEADER: `Authorization: ${engine.authorization}`,
      });
      return await compareAnswers({url: retake.url, headers: {}}, directly(engine), effort);
    } finally {
      await engine.stop();
    }
  },
};

function directly({url, authorization}: Engine): Asking {
  return {url, headers: {authorization}};
}

async function compareAnswers(side: Asking, against: Asking, {repeats}: Effort): Promise<Row[]> {
  const rounds: {readonly ours: Answer; readonly theirs: Answer}[] = [];
  // The engine keeps the question's state after the first answer: from then on both ask for the same work.
  for (const asking of [side, against]) await ask(asking);
  for (let round = 0; round < repeats; round++) {
    if (round % 2 === 0) {
      const ours = await ask(side);
      rounds.push({ours, theirs: await ask(against)});
    } else {
      const theirs = await ask(against);
      rounds.push({ours: await ask(side), theirs});
    }
  }
  const middle = (pick: (round: (typeof rounds)[number]) => number) => median(rounds.map(pick));
  return [
    {
      what: 'live: first token later than llama-server by',
      measured: middle(({ours, theirs}) => ours.firstToken - theirs.firstToken),
      unit: 'ms',
      target: {atMost: 1.5},
      detail: `${middle(({ours}) => ours.firstToken).toFixed(1)} ms to ${middle(({theirs}) => theirs.firstToken).toFixed(1)} ms`,
    },
    {
      what: 'live: tokens per second',
      measured: middle(({ours, theirs}) => ours.tokensPerSecond / theirs.tokensPerSecond),
      unit: 'ratio',
      target: {atLeast: 0.97},
      detail: `${middle(({ours}) => ours.tokensPerSecond).toFixed(0)} to ${middle(({theirs}) => theirs.tokensPerSecond).toFixed(0)}`,
    },
  ];
}

const body = JSON.stringify({
  model: modelName,
  messages: [{role: 'user', content: 'Tell a story about a lighthouse keeper and a storm.'}],
  stream: true,
  max_tokens: tokens,
  temperature: 0,
  ignore_eos: true,
});

async function ask({url, headers}: Asking): Promise<Answer> {
  const startedAt = performance.now();
  const response = await fetch(url + questionPath, {
    method: 'POST',
    headers: {...questionHeaders, ...headers},
    body,
  });
  if (response.status !== 200 || response.body === null)
    throw new Error(`Expected a live answer, got: ${await response.text()}`);
  const arrivals: number[] = [];
  const decoder = new TextDecoder();
  for await (const bytes of response.body) {
    const now = performance.now();
    const text = decoder.decode(bytes, {stream: true});
    for (const _ of text.matchAll(/"content":"[^"]/g)) arrivals.push(now);
  }
  const first = arrivals[0] ?? Number.NaN;
  const last = arrivals.at(-1) ?? Number.NaN;
  return {firstToken: first - startedAt, tokensPerSecond: ((arrivals.length - 1) * 1000) / (last - first)};
}
