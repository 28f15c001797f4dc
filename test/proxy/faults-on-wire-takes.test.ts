import test, {type ExecutionContext} from 'ava';
import {buildProxy} from '../support/build-proxy.js';
import {ends, says, scriptedModel} from '../support/scripted-model.js';

const messages = [{role: 'user', content: 'Hi'}];
const contents = [{role: 'user', parts: [{text: 'Hi'}]}];
const words = ['One ', 'two ', 'three ', 'four ', 'five.'];

const askings = [
  ['/v1/chat/completions', {model: 'm', messages, stream: true}],
  ['/v1/responses', {model: 'm', input: 'Hi', stream: true}],
  ['/v1/messages', {model: 'm', max_tokens: 10, messages, stream: true}],
  ['/v1beta/models/m:streamGenerateContent?alt=sse', {contents}],
  ['/v1/chat/completions', {model: 'm', messages}],
  ['/v1/messages', {model: 'm', max_tokens: 10, messages}],
  ['/v1beta/models/m:generateContent', {contents}],
] as const;

/** A cassette with a provider's answers in their bytes. */
async function recorded(t: ExecutionContext, [path, body]: (typeof askings)[number]) {
  const {upstream: model} = scriptedModel(() => [...words.map(word => says(word)), ends()]);
  const {url} = await buildProxy(t, {mode: 'passthrough', upstream: model});
  const upstream = {provider: true, gemini: url, openai: `${url}/v1`, anthropic: url} as const;
  const {post, proxy, cassette} = await buildProxy(t, {mode: 'auto', upstream});
  const whole = await (await post(path, body)).text();
  t.is((await proxy.verdict()).recorded, 1);
  await proxy.close();
  const {post: ask, proxy: replay} = await buildProxy(t, {mode: 'replay', cassette});
  const play = (fault: string) => ask(path, body, {'x-retake-fault': fault});
  return {whole, play, replay, ask: () => ask(path, body)};
}

async function bodyOf(response: Response): Promise<{readonly text: string; readonly isCut: boolean}> {
  let text = '';
  try {
    const decoder = new TextDecoder();
    for await (const piece of response.body ?? []) text += decoder.decode(piece, {stream: true});
    return {text, isCut: false};
  } catch {
    return {text, isCut: true};
  }
}

for (const asking of askings) {
  const [path, body] = asking;
  const isStream = 'stream' in body || path.includes('stream');
  test(`faults are played over a provider's own answer: ${path}${isStream ? ', streamed' : ''}`, async t => {
    const {whole, play, replay, ask} = await recorded(t, asking);
    const cut = await bodyOf(await play('cut:2'));
    t.true(cut.isCut);
    t.true(cut.text.length < whole.length);
    const malformed = await bodyOf(await play('malformed:2'));
    t.false(malformed.isCut);
    t.true(malformed.text.length > 0);
    if (isStream) t.notRegex(malformed.text, /five\./);
    else t.throws(() => JSON.parse(malformed.text));
    const begin = performance.now();
    const slow = await bodyOf(await play('slow:150/1'));
    t.true(performance.now() - begin >= 140);
    t.false(slow.isCut);
    t.regex(slow.text, /five\./);
    for (const [fault, statuses] of [
      ['rate-limit:1', [429]],
      ['overloaded', [503, 529]],
      ['server-error', [500]],
    ] as const) {
      const refused = await play(fault);
      t.true((statuses as readonly number[]).includes(refused.status));
      t.is(refused.headers.get('x-retake'), 'fault');
    }
    // After them, the answer is the provider's own again.
    t.is(await (await ask()).text(), whole);
    const {faulted, failed, unused} = await replay.verdict();
    t.deepEqual({faulted, failed, unused}, {faulted: 6, failed: 0, unused: []});
  });
}
