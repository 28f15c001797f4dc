import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import type {Exchange} from '../../src/index.js';
import {buildProxy} from '../support/build-proxy.js';
import {interactionsIn, writeCassette} from '../support/cassette-files.js';
import {recordingOf, takeOf} from '../support/recordings.js';
import {answering, failing} from '../support/scripted-upstream.js';
import {temporaryFolder} from '../support/temporary-folder.js';
import {counting, liveProxy} from './live-proxy.js';
import {
  anthropicStream,
  anthropicUnary,
  geminiArray,
  geminiStream,
  geminiUnary,
  openaiStream,
  openaiUnary,
  type Way,
} from './ways.js';

const allWays = [
  geminiUnary,
  geminiStream,
  geminiArray,
  openaiUnary,
  openaiStream,
  anthropicUnary,
  anthropicStream,
];
const words = ['One ', 'two ', 'three ', 'four ', 'five.'];

type Faulty = Parameters<typeof buildProxy>[1];

/** A proxy that replays `words` for the first asking of `hi`, and `second` for the next ones. */
async function replaying(t: ExecutionContext, options: Faulty = {}) {
  const path = `${await temporaryFolder(t)}/two.cassette`;
  const cassette = await writeCassette(path, [
    recordingOf('hi', takeOf(words, 1_760_000_000_000), 0),
    recordingOf('hi', takeOf('second', 1_760_000_001_000), 1),
  ]);
  const exchanges: Exchange[] = [];
  const proxy = await buildProxy(t, {
    mode: 'replay',
    cassette,
    ...options,
    onExchange: exchange => exchanges.push(exchange),
  });
  const ask = (way: Way, fault?: string, headers: Record<string, string> = {}) =>
    proxy.post(way.path, body(way), {...headers, ...(fault !== undefined && {'x-retake-fault': fault})});
  return {...proxy, ask, exchanges};
}

/** Anthropic's compulsory token limit would make it another question. */
function body(way: Way): object {
  return way.ask('hi');
}

async function text(way: Way, response: Response): Promise<string | undefined> {
  return way.read(await response.text()).candidates[0]?.text;
}

// biome-ignore lint/suspicious/noExplicitAny: tests read any member of a body
function json(response: Response): Promise<any> {
  return response.json();
}

/** How the body of a response ends: with its text, or with the error of a broken connection. */
async function ending(response: Response): Promise<{text: string; broken: boolean}> {
  let received = '';
  try {
    for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) received += piece;
    return {text: received, broken: false};
  } catch {
    return {text: received, broken: true};
  }
}

const refusals = {
  'rate-limit': {openai: 429, anthropic: 429, gemini: 429},
  overloaded: {openai: 503, anthropic: 529, gemini: 503},
  'server-error': {openai: 500, anthropic: 500, gemini: 500},
} as const;

for (const [name, statuses] of Object.entries(refusals)) {
  test(`${name} is the error of the API, needs no recording, and says that it is a fault`, async t => {
    const {post, proxy, exchanges} = await replaying(t);
    for (const way of allWays) {
      const response = await post(way.path, way.ask('never recorded'), {'x-retake-fault': name});
      t.is(response.status, statuses[way.api], way.name);
      t.is(response.headers.get('x-retake'), 'fault');
      t.is(response.headers.get('x-retake-fault'), name);
      t.not(response.headers.get('x-should-retry'), 'false');
      await response.text();
    }
    t.like(await proxy.verdict(), {faulted: allWays.length, missed: 0, failed: 0});
    t.true(exchanges.every(({outcome, fault}) => outcome === 'fault' && fault === name));
  });
}

test('a rate limit has the body and the headers of each API', async t => {
  const {ask} = await replaying(t);
  const openai = await ask(openaiUnary, 'rate-limit:20');
  t.like(await openai.json(), {error: {type: 'requests', param: null, code: 'rate_limit_exceeded'}});
  t.like(Object.fromEntries(openai.headers), {
    'retry-after': '20',
    'retry-after-ms': '20000',
    'x-ratelimit-limit-requests': '500',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '20s',
  });
  const anthropic = await ask(anthropicUnary, 'rate-limit:0.25');
  t.like(await anthropic.json(), {type: 'error', error: {type: 'rate_limit_error'}, request_id: null});
  t.like(Object.fromEntries(anthropic.headers), {
    'retry-after': '1',
    'retry-after-ms': '250',
    'x-should-retry': 'true',
    'anthropic-ratelimit-requests-remaining': '0',
  });
  t.regex(anthropic.headers.get('anthropic-ratelimit-requests-reset') ?? '', /^\d{4}-\d\d-\d\dT[\d:]+Z$/);
  const gemini = await ask(geminiUnary, 'rate-limit:20');
  t.is(gemini.headers.get('retry-after'), null);
  const {error} = await json(gemini);
  t.like(error, {code: 429, status: 'RESOURCE_EXHAUSTED'});
  t.like(error.details.at(-1), {'@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '20s'});
  t.is(error.details[0].violations[0].quotaDimensions.model, 'gemini-2.5-flash');
});

test('an overloaded API answers in its own words', async t => {
  const {ask} = await replaying(t);
  t.like(await (await ask(openaiUnary, 'overloaded')).json(), {error: {type: 'server_error', code: null}});
  t.like(await (await ask(anthropicUnary, 'overloaded')).json(), {
    error: {type: 'overloaded_error', message: 'Overloaded'},
  });
  t.like(await (await ask(geminiUnary, 'overloaded')).json(), {error: {code: 503, status: 'UNAVAILABLE'}});
  t.is((await ask(openaiUnary, 'overloaded:7')).headers.get('retry-after'), '7');
});

test('a fault uses up no take, records nothing, and is not remembered', async t => {
  const {ask, proxy} = await replaying(t);
  const faults = ['rate-limit', 'cut', 'malformed', 'content-filter', 'max-tokens:2', 'overloaded,after=1'];
  for (let round = 0; round < 2; round++) {
    for (const fault of faults) {
      for (const way of [openaiUnary, openaiStream]) await ending(await ask(way, fault));
    }
  }
  t.is(await text(openaiUnary, await ask(openaiUnary)), words.join(''));
  t.is(await text(openaiUnary, await ask(openaiUnary)), 'second');
  t.like(await proxy.verdict(), {faulted: faults.length * 4, played: 2, repeated: []});
});

for (const way of [geminiStream, openaiStream, anthropicStream]) {
  test(`cut breaks the connection of a stream after its events (${way.name})`, async t => {
    const path = `${await temporaryFolder(t)}/x.cassette`;
    const {post} = await liveProxy(t, {cassette: path, script: answering(words)});
    const whole = (await ending(await post(way.path, body(way)))).text;
    const events = whole.split(/(?<=\n\r?\n)/);
    for (const count of [0, 1, 3, events.length + 10]) {
      const {text: received, broken} = await ending(
        await post(way.path, body(way), {'x-retake-fault': `cut:${count}`}),
      );
      t.true(broken);
      t.is(received, events.slice(0, Math.min(count, events.length - 1)).join(''));
    }
  });
}

for (const way of [geminiUnary, openaiUnary]) {
  test(`cut breaks the connection within the body (${way.name})`, async t => {
    const {ask} = await replaying(t);
    const whole = await (await ask(way, undefined, {'x-retake-session': 'other'})).text();
    const {text: received, broken} = await ending(await ask(way, 'cut'));
    t.true(broken);
    t.is(received, whole.slice(0, Math.floor(whole.length / 2)));
  });
}

for (const way of [geminiUnary, geminiStream, geminiArray, openaiUnary, openaiStream]) {
  test(`malformed ends an answer with half of an event (${way.name})`, async t => {
    const {ask} = await replaying(t);
    const response = await ask(way, 'malformed:2');
    t.is(response.status, 200);
    const {text: received, broken} = await ending(response);
    t.false(broken);
    t.throws(() => way.read(received), {instanceOf: SyntaxError});
  });
}

test('slow makes the whole answer late, and its take is played', async t => {
  const {ask, proxy} = await replaying(t);
  const startedAt = performance.now();
  const response = await ask(openaiStream, 'slow:300/30');
  t.is(response.headers.get('x-retake'), 'fault');
  t.is(await text(openaiStream, response), words.join(''));
  t.true(performance.now() - startedAt >= 300 + 5 * 30 - 5);
  const unaryAt = performance.now();
  t.is(await text(openaiUnary, await ask(openaiUnary, 'slow:200')), 'second');
  t.true(performance.now() - unaryAt >= 199);
  t.like(await proxy.verdict(), {faulted: 2, unused: []});
});

test('an error or silence names its question, and the take it stands for is not unused', async t => {
  const {ask, proxy, exchanges} = await replaying(t);
  const {model} = body(openaiUnary) as {model: string};
  t.is((await ask(openaiUnary, 'rate-limit')).status, 429);
  await t.throwsAsync(ask(openaiUnary, 'timeout:1'));
  t.like(await proxy.verdict(), {played: 0, faulted: 2, unused: [{take: 2}]});
  t.deepEqual(
    exchanges.map(({outcome, model, cassette}) => ({outcome, model, cassette})),
    Array.from({length: 2}, () => ({
      outcome: 'fault',
      model,
      cassette: undefined,
    })),
  );
  t.is(await text(openaiUnary, await ask(openaiUnary)), words.join(''));
});

test('max-tokens and content-filter end an answer early, with the reason of the API', async t => {
  const {ask} = await replaying(t);
  for (const way of [openaiUnary, openaiStream, geminiUnary, geminiStream, geminiArray]) {
    const limited = way.read(await (await ask(way, 'max-tokens:3')).text());
    t.like(limited.candidates, [{text: 'One two three ', finish: 'length'}], way.name);
  }
  const filtered = await json(await ask(openaiUnary, 'content-filter'));
  t.like(filtered.choices[0], {finish_reason: 'content_filter', message: {content: ''}});
  const blocked = await json(await ask(geminiUnary, 'content-filter'));
  t.is(blocked.candidates[0].finishReason, 'SAFETY');
});

test('the same for Anthropic, whose token limit makes it another question', async t => {
  const {post} = await liveProxy(t, {script: answering(words)});
  await (await post(anthropicUnary.path, body(anthropicUnary))).text();
  for (const way of [anthropicUnary, anthropicStream]) {
    const limited = way.read(
      await (await post(way.path, body(way), {'x-retake-fault': 'max-tokens:3'})).text(),
    );
    t.like(limited.candidates, [{text: 'One two three ', finish: 'length'}]);
    const refused = way.read(
      await (await post(way.path, body(way), {'x-retake-fault': 'content-filter'})).text(),
    );
    t.like(refused.candidates, [{text: '', finish: 'refusal'}]);
  }
});

test('a stream can fail after its first events, in the words of the API', async t => {
  const {ask} = await replaying(t);
  const fault = 'overloaded,after=2';
  const openai = await ending(await ask(openaiStream, fault));
  t.is(openai.text.match(/^data: \{"id"/gm)?.length, 2);
  t.regex(openai.text, /data: \{"error":\{"message":"The engine is currently overloaded[^\n]*\n\n$/);
  const gemini = await ending(await ask(geminiStream, fault));
  t.regex(gemini.text, /data: \{"error":\{"code":503,[^\n]*"status":"UNAVAILABLE"\}\}\r?\n\r?\n$/);
  // A unary answer has no events: it fails at once.
  t.is((await ask(openaiUnary, fault)).status, 503);
});

test('the Responses API fails after its first events with an event of its own', async t => {
  const {post} = await replaying(t);
  const headers = {'x-retake-fault': 'rate-limit,after=3'};
  const response = await post('/v1/responses', {model: 'gpt-4o', input: 'hi', stream: true}, headers);
  const events = (await ending(response)).text.trim().split('\n\n');
  t.is(events.length, 4);
  const [name, data = ''] = events.at(-1)?.split('\ndata: ') ?? [];
  t.is(name, 'event: error');
  const error = JSON.parse(data);
  t.like(error, {type: 'error', code: 'rate_limit_exceeded'});
  // The events that were not sent have numbers, too.
  t.true(error.sequence_number >= 3);
});

test('embeddings and token counts fail, too', async t => {
  const {post} = await replaying(t);
  const fault = {'x-retake-fault': 'overloaded'};
  t.is((await post('/v1/embeddings', {model: 'x', input: 'hi'}, fault)).status, 503);
  const counted = {model: 'claude', messages: [{role: 'user', content: 'hi'}]};
  t.is((await post('/v1/messages/count_tokens', counted, fault)).status, 529);
});

test('timeout leaves a request without an answer', async t => {
  const {url, ask, proxy} = await replaying(t);
  const leaving = AbortSignal.timeout(2000);
  await t.throwsAsync(
    fetch(url + openaiUnary.path, {
      method: 'POST',
      body: JSON.stringify(body(openaiUnary)),
      headers: {'x-retake-fault': 'timeout'},
      signal: leaving,
    }),
    {name: 'TimeoutError'},
  );
  await t.throwsAsync(ask(openaiUnary, 'timeout:50'), {message: 'fetch failed'});
  await sleep(50);
  t.like(await proxy.verdict(), {faulted: 2, givenUp: 0, failed: 0});
});

test('in front of a live model, a faulty answer comes from it and is not recorded', async t => {
  const {post, proxy, upstream, cassette} = await liveProxy(t, {script: counting});
  const ask = (fault?: string) =>
    post(openaiUnary.path, body(openaiUnary), fault === undefined ? {} : {'x-retake-fault': fault});
  t.is((await ask('rate-limit')).status, 429);
  t.is(upstream.requests.length, 0);
  t.is(await text(openaiUnary, await ask('max-tokens:1')), 'answer');
  t.is(await text(openaiUnary, await ask('slow:1')), 'answer 2');
  t.true((await ending(await ask('cut'))).broken);
  t.is(upstream.requests.length, 3);
  t.is(await text(openaiUnary, await ask()), 'answer 4');
  t.like(await proxy.verdict(), {faulted: 4, recorded: 1, notRecorded: 0});
  await proxy.close();
  t.is((await interactionsIn(cassette)).length, 1);
});

test('a faulty answer without a recording is a miss, and one that the model refuses is a failure', async t => {
  const {post, proxy} = await liveProxy(t, {script: failing(400, {error: {message: 'no'}})});
  const ask = (mode: string) =>
    post(openaiUnary.path, body(openaiUnary), {'x-retake-fault': 'cut:1', 'x-retake-mode': mode});
  const missed = await ask('replay');
  t.is(missed.status, 400);
  t.is(missed.headers.get('x-retake'), 'miss');
  t.is((await ask('auto')).status, 400);
  t.like(await proxy.verdict(), {faulted: 0, missed: 1, failed: 1});
});

test('a header that names no fault is a 400 with the known names', async t => {
  const {ask, proxy} = await replaying(t);
  for (const wrong of ['ratelimit', '', 'cut:x', 'cut:-1', 'slow:1/2/3', 'server-error:500', 'cut,times=0']) {
    const response = await ask(openaiUnary, wrong);
    t.is(response.status, 400, wrong);
    const {error} = await json(response);
    t.regex(error.message, /Expected the header x-retake-fault to be /);
    t.regex(error.message, /rate-limit, overloaded, server-error, timeout, cut, slow, malformed/);
  }
  t.like(await proxy.verdict(), {faulted: 0});
});

test('an answer without text cannot end early', async t => {
  const {post} = await replaying(t);
  const response = await post('/v1/embeddings', {model: 'x', input: 'hi'}, {'x-retake-fault': 'max-tokens'});
  t.is(response.status, 400);
  t.regex((await json(response)).error.message, /only an answer with text can have/);
});

test('times counts the equal requests of a session', async t => {
  const {ask} = await replaying(t);
  const statuses = async (session: string) => {
    const seen: number[] = [];
    for (let asking = 0; asking < 4; asking++) {
      const response = await ask(openaiUnary, 'server-error,times=2', {'x-retake-session': session});
      await response.text();
      seen.push(response.status);
    }
    return seen;
  };
  t.deepEqual(await statuses('a'), [500, 500, 200, 200]);
  t.deepEqual(await statuses('b'), [500, 500, 200, 200]);
});

test('rules choose by text, model and API, and count for each session', async t => {
  const {ask, post} = await replaying(t, {
    faults: [
      {match: {text: 'weather'}, fault: 'rate-limit', times: 2},
      {match: {model: 'gemini-2.5-flash', api: 'gemini'}, fault: 'overloaded', times: 1},
      {match: {api: 'openai', text: 'hi'}, fault: 'max-tokens:1', times: 1},
    ],
  });
  const statusOf = async (question: string, session = '') => {
    const response = await post(openaiUnary.path, openaiUnary.ask(question), {'x-retake-session': session});
    await response.text();
    return response.status;
  };
  t.is(await statusOf('Tell me of the weather.'), 429);
  t.is(await statusOf('How is the weather?'), 429);
  t.is(await statusOf('How is the weather?'), 400);
  t.is(await statusOf('How is the weather?', 'other'), 429);
  t.is((await ask(geminiUnary)).status, 503);
  t.is(await text(openaiUnary, await ask(openaiUnary)), 'One ');
  // The rules are used up, so that the memo answers again.
  t.is(await text(openaiUnary, await ask(openaiUnary)), words.join(''));
  t.is(await text(openaiUnary, await ask(openaiUnary)), 'second');
  t.is(await text(openaiUnary, await ask(openaiUnary)), 'second');
});

test('rules come before the memo, and a header before the rules', async t => {
  const {ask} = await replaying(t, {faults: [{fault: 'server-error'}]});
  t.is(await text(openaiUnary, await ask(openaiUnary, 'none')), words.join(''));
  for (let asking = 0; asking < 3; asking++) t.is((await ask(openaiUnary)).status, 500);
  t.is((await ask(openaiUnary, 'overloaded')).status, 503);
  t.is(await text(openaiUnary, await ask(openaiUnary, 'none')), 'second');
});

test('a rule with a fault that does not exist is found when the proxy is created', async t => {
  await t.throwsAsync(buildProxy(t, {faults: [{fault: 'flood'}]}), {
    code: 'invalid_setting',
    message: /Expected the option `faults`\[0\]\.fault to be one of rate-limit, /,
  });
});

test('a rule for an API that is not served is found when the proxy is created', async t => {
  await t.throwsAsync(buildProxy(t, {faults: [{fault: 'cut'}, {match: {api: 'gemni'}, fault: 'cut'}]}), {
    code: 'invalid_setting',
    message: /Expected the option `faults`\[1\]\.match\.api to be one of .*gemini.*, got "gemni"/,
  });
});
