import {Agent} from 'undici';
import type {Bench, Effort, Row} from '../bench.js';
import {median} from '../median.js';
import {completion, completionEvents} from '../provider-answer.js';
import {questionPath} from '../question.js';

export const relay: Bench = {
  name: 'relay',
  summary:
    'an answer of a provider through retake, in passthrough and while recording, against asking it directly',
  async *run({effort, servers}) {
    for (const [how, answer] of [
      ['unary', {contentType: 'application/json', writes: [completion]}],
      ['streamed', {contentType: 'text/event-stream', writes: completionEvents(40), gap: 2}],
    ] as const) {
      const provider = await servers.bare(answer);
      for (const mode of ['passthrough', 'record'] as const) {
        const retake = await servers.retake([
          ...['--mode', mode, '--cassette', `${how}-${mode}.cassette`, '--log', 'none'],
          ...['--upstream', 'provider', '--upstream-openai', `${provider.url}/v1`],
        ]);
        yield await compareFirstBytes(
          `${how}, ${mode}`,
          {
            retake: retake.url,
            provider: provider.url,
            isStream: how === 'streamed',
            // A whole answer is sent when its take is stored.
            target: how === 'unary' && mode === 'record' ? undefined : {atMost: 2},
          },
          effort,
        );
        await retake.stop();
      }
      await provider.stop();
    }
  },
};

type Asking = {
  readonly retake: string;
  readonly provider: string;
  readonly isStream: boolean;
  readonly target: {readonly atMost: number} | undefined;
};

/** Asks both in turn, each time another question, and compares the medians of the times to the first byte. */
async function compareFirstBytes(
  what: string,
  {retake, provider, isStream, target}: Asking,
  {repeats}: Effort,
): Promise<Row> {
  const agent = new Agent({keepAliveTimeout: 60_000});
  const times = {ours: [] as number[], theirs: [] as number[]};
  const warmUp = 10;
  try {
    for (let round = 0; round < warmUp + 10 * repeats; round++) {
      const ours = await firstByte(agent, retake, {round, isStream});
      const theirs = await firstByte(agent, provider, {round, isStream});
      if (round < warmUp) continue;
      times.ours.push(ours);
      times.theirs.push(theirs);
    }
  } finally {
    await agent.close();
  }
  const [ours, theirs] = [median(times.ours), median(times.theirs)];
  return {
    what: `relay, ${what}: delay of the first byte`,
    measured: ours - theirs,
    unit: 'ms',
    target,
    detail: `${ours.toFixed(2)} ms to ${theirs.toFixed(2)} ms`,
  };
}

async function firstByte(
  agent: Agent,
  origin: string,
  {round, isStream}: {readonly round: number; readonly isStream: boolean},
): Promise<number> {
  const messages = [{role: 'user', content: `Question ${round}?`}];
  const begin = performance.now();
  const {body, statusCode} = await agent.request({
    ...{origin, path: questionPath, method: 'POST'},
    headers: {'content-type': 'application/json', authorization: 'Bearer sk-bench'},
    body: JSON.stringify({model: 'gpt-4o', messages, stream: isStream}),
  });
  let first: number | undefined;
  for await (const _bytes of body) first ??= performance.now() - begin;
  if (statusCode !== 200 || first === undefined)
    throw new Error(`Expected an answer, got HTTP ${statusCode}`);
  return first;
}
