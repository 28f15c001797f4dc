import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {buildProxy} from '../support/build-proxy.js';
import {interactionsIn} from '../support/cassette-files.js';
import {keyOf, textOf} from '../support/recordings.js';
import {retake} from '../support/retake.js';
import {writeStoredCassette} from '../support/stored-cassette.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const tools = [
  {
    type: 'function',
    function: {name: 'weather', parameters: {type: 'object', properties: {city: {type: 'string'}}}},
  },
];
const asked = {
  openai: {model: 'gpt-4o', messages: [{role: 'user', content: 'France?'}]},
  gemini: {contents: [{parts: [{text: 'France?'}]}]},
};

async function project(t: ExecutionContext) {
  const directory = await temporaryFolder(t);
  const path = join(directory, 'a.cassette');
  const stub = async (body: unknown, ...words: readonly string[]) => {
    await writeFile(join(directory, 'request.json'), JSON.stringify(body));
    return retake(t, ['stub', 'request.json', '--cassette', 'a.cassette', ...words], {directory});
  };
  return {directory, path, stub};
}

for (const [api, body] of Object.entries(asked)) {
  test(`an answer that was written by hand replays, and is shown as what it is (${api})`, async t => {
    const {directory, path, stub} = await project(t);
    const {exitCode, stdout, stderr} = await stub(body, '--answer', 'The service is closed.');
    t.is(exitCode, 0, stderr);
    t.regex(stdout, /^a [0-9a-f]{12}: written by hand, 1 take now\n$/);
    const [interaction] = await interactionsIn(path);
    t.is(interaction?.key, keyOf('France?'));
    const {post} = await buildProxy(t, {mode: 'replay', cassette: path});
    const response = await post('/v1/chat/completions', asked.openai);
    t.is(response.headers.get('x-retake'), 'hit');
    t.like(await response.json(), {
      choices: [{message: {content: 'The service is closed.'}, finish_reason: 'stop'}],
    });
    for (const words of [['ls'], ['show', '1'], ['textconv'], ['export']]) {
      const shown = await retake(t, [...words, 'a.cassette'], {directory});
      t.regex(shown.stdout, /written by hand/, words[0]);
    }
    t.is((await retake(t, ['verify', 'a.cassette'], {directory})).exitCode, 0);
  });
}

test('a request that has takes gets one more', async t => {
  const {path, stub} = await project(t);
  await writeStoredCassette(path, {'France?': ['Paris'], 'Spain?': ['Madrid']});
  const {exitCode, stdout, stderr} = await stub(asked.openai, '--answer', 'Lyon', '--json');
  t.is(exitCode, 0, stderr);
  t.like(JSON.parse(stdout), {version: 1, key: keyOf('France?'), takes: 2});
  const interactions = await interactionsIn(path);
  const takes = interactions.find(({key}) => key === keyOf('France?'))?.takes ?? [];
  t.deepEqual(
    takes.map(take => [textOf(take), take.provenance.model === 'written by hand']),
    [
      ['Paris', false],
      ['Lyon', true],
    ],
  );
  t.is(interactions.length, 2);
});

test('an answer that the request has is not added again', async t => {
  const {path, stub} = await project(t);
  for (const answer of ['Yes.', 'No.']) await stub(asked.openai, '--answer', answer);
  const {exitCode, stdout} = await stub(asked.openai, '--answer', 'No.');
  t.is(exitCode, 0);
  t.regex(stdout, /^a [0-9a-f]{12}: has this answer already, 2 takes\n$/);
  t.is((await interactionsIn(path))[0]?.takes.length, 2);
});

test('a tool call replays with its arguments', async t => {
  const {directory, path, stub} = await project(t);
  const body = {...asked.openai, tools};
  const {exitCode, stderr} = await stub(body, '--tool-call', 'weather', '{"city": "Oslo"}');
  t.is(exitCode, 0, stderr);
  const shown = await retake(t, ['show', '1', 'a.cassette'], {directory});
  t.regex(shown.stdout, /^answer\n {2}weather\(\{"city": "Oslo"\}\)\n {2}finish reason: tool-calls$/m);
  const {post} = await buildProxy(t, {mode: 'replay', cassette: path});
  t.like(await (await post('/v1/chat/completions', body)).json(), {
    choices: [
      {
        finish_reason: 'tool_calls',
        message: {tool_calls: [{function: {name: 'weather', arguments: '{"city": "Oslo"}'}}]},
      },
    ],
  });
});

test('every candidate gets the answer', async t => {
  const {path, stub} = await project(t);
  t.is((await stub({...asked.openai, n: 3}, '--answer', 'Yes.')).exitCode, 0);
  const {post} = await buildProxy(t, {mode: 'replay', cassette: path});
  const response = await post('/v1/chat/completions', {...asked.openai, n: 3});
  const {choices} = (await response.json()) as {choices: {message: {content: string}}[]};
  t.deepEqual(
    choices.map(({message}) => message.content),
    ['Yes.', 'Yes.', 'Yes.'],
  );
});

test('secrets in an answer are redacted as in a recorded one', async t => {
  const {path, stub} = await project(t);
  const secret = `sk-proj-${'a1B2'.repeat(10)}`;
  for (const answer of [`It is ${secret}.`, `Still ${secret}.`]) {
    t.is((await stub(asked.openai, '--answer', answer)).exitCode, 0);
  }
  const [interaction] = await interactionsIn(path);
  t.deepEqual(interaction?.takes.map(textOf), ['It is <redacted:api-key:1>.', 'Still <redacted:api-key:1>.']);
});

const refusals: readonly (readonly [string, object, readonly string[], RegExp])[] = [
  ['no answer', asked.openai, [], /Expected --answer, --tool-call or --error, got none of them/],
  ['two answers', asked.openai, ['--answer', 'a', '--tool-call', 'b', '{}'], /got 2 of them/],
  ['half a call', asked.openai, ['--tool-call', 'weather'], /Expected --tool-call to have a name and arg/],
  ['an unknown tool', {...asked.openai, tools}, ['--tool-call', 'wether', '{}'], /no tool "wether".*weather/],
  ['no tools', asked.openai, ['--tool-call', 'weather', '{}'], /no tool "weather": it has none/],
  [
    'arguments',
    {...asked.openai, tools},
    ['--tool-call', 'weather', '[1]'],
    /to be a JSON object, got "\[1\]"/,
  ],
  ['a bad request', {...asked.openai, n: 'x'}, ['--answer', 'a'], /refused with 400/],
  ['embeddings', {model: 'embed', input: 'x'}, ['--answer', 'a'], /got one for the operation embed/],
];

for (const [name, body, words, message] of refusals) {
  test(`nothing is recorded for ${name}`, async t => {
    const {path, stub} = await project(t);
    await writeStoredCassette(path, {'Spain?': ['Madrid']});
    const {exitCode, stderr} = await stub(body, ...words);
    t.not(exitCode, 0);
    t.regex(stderr, message);
    t.is((await interactionsIn(path)).length, 1);
  });
}

for (const [api, body] of Object.entries(asked)) {
  test(`an error that was written by hand replays in the shape of each API (${api})`, async t => {
    const {directory, path, stub} = await project(t);
    const {exitCode, stdout, stderr} = await stub(
      body,
      ...['--error', '429', '--retry-after', '2', '--message', 'Slow down'],
    );
    t.is(exitCode, 0, stderr);
    t.regex(stdout, /^a [0-9a-f]{12}: written by hand, 1 take now\n$/);
    const {post} = await buildProxy(t, {mode: 'replay', cassette: path});
    const response = await post('/v1/chat/completions', asked.openai);
    t.is(response.status, 429);
    t.is(response.headers.get('x-retake'), 'hit');
    t.is(response.headers.get('retry-after'), '2');
    t.like(await response.json(), {error: {message: 'Slow down', type: 'rate_limit_error'}});
    const gemini = await post('/v1beta/models/m:generateContent', asked.gemini);
    t.like(await gemini.json(), {error: {code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Slow down'}});
    for (const words of [['ls'], ['show', '1'], ['textconv'], ['export']]) {
      const shown = await retake(t, [...words, 'a.cassette'], {directory});
      t.regex(shown.stdout, /written by hand/, words[0]);
    }
  });
}

test('an error and then an answer are what a client that tries again gets', async t => {
  const {path, stub} = await project(t);
  t.is((await stub(asked.openai, '--error', '401')).exitCode, 0);
  t.is((await stub(asked.openai, '--answer', 'Paris')).exitCode, 0);
  const {post} = await buildProxy(t, {mode: 'replay', cassette: path});
  const first = await post('/v1/chat/completions', asked.openai);
  t.is(first.status, 401);
  t.like(await first.json(), {error: {message: 'Unauthorized', type: 'authentication_error'}});
  t.is((await post('/v1/chat/completions', asked.openai)).status, 200);
});

for (const [words, message] of [
  [['--error', '200'], /--error to be an HTTP status from 400 to 599, got `200`/],
  [['--error', 'x'], /--error to be an HTTP status/],
  [['--error', '429', '--retry-after', 'soon'], /--retry-after to be a number of seconds/],
  [['--error', '429', '--answer', 'Paris'], /got 2 of them/],
  [['--answer', 'Paris', '--message', 'x'], /together with --error/],
] as const) {
  test(`\`stub ${words.join(' ')}\` is refused`, async t => {
    const {stub} = await project(t);
    const {exitCode, stderr} = await stub(asked.openai, ...words);
    t.is(exitCode, 2);
    t.regex(stderr, message);
  });
}
