import {join} from 'node:path';
import Anthropic, {toFile as toAnthropicFile} from '@anthropic-ai/sdk';
import {GoogleGenAI} from '@google/genai';
import test, {type ExecutionContext} from 'ava';
import fc from 'fast-check';
import OpenAI, {toFile} from 'openai';
import type {Mode} from '../../src/cassette/modes.js';
import {openForReading} from '../../src/cassette/stores/open-cassettes.js';
import {buildProxy} from '../support/build-proxy.js';
import {type ForgetfulProvider, forgetfulProvider} from '../support/forgetful-provider.js';
import {temporaryFolder} from '../support/temporary-folder.js';

type Program = (url: string) => Promise<readonly string[]>;

function openai(url: string): OpenAI {
  return new OpenAI({baseURL: `${url}/v1`, apiKey: 'sk-test', maxRetries: 0});
}

async function upload(client: OpenAI, content: string): Promise<string> {
  const file = await toFile(Buffer.from(content), 'f.txt', {type: 'text/plain'});
  return (await client.files.create({file, purpose: 'assistants'})).id;
}

async function askAbout(client: OpenAI, id: string): Promise<string> {
  const answer = await client.responses.create({
    model: 'gpt',
    input: [
      {
        role: 'user',
        content: [
          {type: 'input_file', file_id: id},
          {type: 'input_text', text: 'What is it?'},
        ],
      },
    ],
  });
  return answer.output_text;
}

const programs: Readonly<Record<string, Program>> = {
  async 'openai: files, responses that refer to them and to each other, a batch and its results'(url) {
    const client = openai(url);
    const apple = await upload(client, 'apple');
    const pear = await upload(client, 'pear');
    const first = await client.responses.create({
      model: 'gpt',
      input: [{role: 'user', content: [{type: 'input_file', file_id: apple}]}],
    });
    const next = await client.responses.create({
      model: 'gpt',
      previous_response_id: first.id,
      input: 'And then?',
    });
    const batch = await client.batches.create({
      ...{input_file_id: pear, endpoint: '/v1/responses', completion_window: '24h'},
    });
    let {output_file_id: output} = await client.batches.retrieve(batch.id);
    while (!output) ({output_file_id: output} = await client.batches.retrieve(batch.id));
    const results = await (await client.files.content(output)).text();
    return [first.output_text, next.output_text, await askAbout(client, pear), results];
  },
  async '@google/genai: uploaded files and cached contents'(url) {
    const ai = new GoogleGenAI({apiKey: 'test', httpOptions: {baseUrl: url}});
    const answers: (string | undefined)[] = [];
    for (const content of ['apple', 'pear']) {
      const file = await ai.files.upload({file: new Blob([content]), config: {mimeType: 'text/plain'}});
      const part = {fileData: {fileUri: file.uri ?? '', mimeType: 'text/plain'}};
      const asked = await ai.models.generateContent({
        model: 'gemini',
        contents: [{role: 'user', parts: [part]}],
      });
      const cache = await ai.caches.create({
        model: 'gemini',
        config: {contents: [{role: 'user', parts: [part]}], ttl: '60s'},
      });
      const cached = await ai.models.generateContent({
        ...{model: 'gemini', contents: 'What is cached?'},
        config: {cachedContent: cache.name ?? ''},
      });
      answers.push(asked.text, cached.text);
    }
    return answers.map(String);
  },
  async '@anthropic-ai/sdk: uploaded files'(url) {
    const client = new Anthropic({baseURL: url, apiKey: 'test', maxRetries: 0});
    const answers: string[] = [];
    for (const content of ['apple', 'pear']) {
      const file = await client.beta.files.upload({
        ...{file: await toAnthropicFile(Buffer.from(content), 'f.txt', {type: 'text/plain'})},
        betas: ['files-api-2025-04-14'],
      });
      const message = await client.beta.messages.create({
        ...{model: 'claude', max_tokens: 10, betas: ['files-api-2025-04-14']},
        messages: [{role: 'user', content: [{type: 'document', source: {type: 'file', file_id: file.id}}]}],
      });
      answers.push(message.content.map(block => (block.type === 'text' ? block.text : '')).join(''));
    }
    return answers;
  },
};

/** Runs a program through a proxy, in a session of its own. */
async function run<Answer>(
  t: ExecutionContext,
  program: (url: string) => Promise<Answer>,
  {mode, cassette, provider}: {mode: Mode; cassette: string; provider?: ForgetfulProvider | undefined},
): Promise<Answer> {
  const upstream = provider && {
    ...{provider: true as const, gemini: provider.url, openai: `${provider.url}/v1`, anthropic: provider.url},
  };
  const {url, proxy} = await buildProxy(t, {
    ...{mode, cassette, allowMissingCassettes: true},
    ...(upstream ? {upstream} : {}),
  });
  try {
    return await program(url);
  } finally {
    await proxy.close();
  }
}

async function keysOf(cassette: string): Promise<readonly string[]> {
  const opened = await openForReading(cassette);
  const keys: string[] = [];
  for await (const {key} of opened.views()) keys.push(key);
  await opened.close();
  return keys.sort();
}

async function newCassette(t: ExecutionContext): Promise<string> {
  return join(await temporaryFolder(t), 'test.cassette');
}

for (const [name, program] of Object.entries(programs)) {
  test(`${name}: keys stay the same when the ids are others`, async t => {
    const provider = await forgetfulProvider(t);
    const cassette = await newCassette(t);
    const answers = await run(t, program, {mode: 'auto', cassette, provider});
    t.true(
      answers.every(answer => /apple|pear/.test(answer)),
      JSON.stringify(answers),
    );
    const keys = await keysOf(cassette);
    const asked = provider.requests.length;
    provider.wipe();
    t.deepEqual(await run(t, program, {mode: 'replay', cassette}), answers);
    t.deepEqual(await run(t, program, {mode: 'auto', cassette, provider}), answers);
    t.is(provider.requests.length, asked);

    t.deepEqual(await run(t, program, {mode: 'record', cassette, provider}), answers);
    t.true(provider.requests.length > asked);
    t.deepEqual(await keysOf(cassette), keys);
    provider.wipe();
    t.deepEqual(await run(t, program, {mode: 'replay', cassette}), answers);
  });
}

for (const contents of [
  ['apple', 'pear'],
  ['apple', 'apple'],
] as const) {
  test(`two uploads at once, of ${contents.join(' and ')}, are never mistaken for each other`, async t => {
    const provider = await forgetfulProvider(t);
    const cassette = await newCassette(t);
    const both = (order: readonly string[]) => async (url: string) => {
      const client = openai(url);
      return Promise.all(order.map(async content => askAbout(client, await upload(client, content))));
    };
    const expected = (order: readonly string[]) => order.map(content => `About ${content}`);
    const reversed = [...contents].reverse();
    t.deepEqual(await run(t, both(contents), {mode: 'record', cassette, provider}), expected(contents));
    provider.wipe();
    t.deepEqual(await run(t, both(reversed), {mode: 'replay', cassette}), expected(reversed));
    t.deepEqual(await run(t, both(reversed), {mode: 'record', cassette, provider}), expected(reversed));
    provider.wipe();
    t.deepEqual(await run(t, both(contents), {mode: 'replay', cassette}), expected(contents));
  });
}

test('resumable uploads that begin alike at once are told apart by their contents', async t => {
  const provider = await forgetfulProvider(t);
  const cassette = await newCassette(t);
  const both = (order: readonly string[]) => async (url: string) => {
    const ai = new GoogleGenAI({apiKey: 'test', httpOptions: {baseUrl: url}});
    const files = await Promise.all(
      order.map(content => ai.files.upload({file: new Blob([content]), config: {mimeType: 'text/plain'}})),
    );
    return Promise.all(
      files.map(async ({uri = ''}) => {
        const parts = [{fileData: {fileUri: uri, mimeType: 'text/plain'}}];
        return (await ai.models.generateContent({model: 'gemini', contents: [{role: 'user', parts}]})).text;
      }),
    );
  };
  t.deepEqual(await run(t, both(['grape', 'peach']), {mode: 'record', cassette, provider}), [
    'About grape',
    'About peach',
  ]);
  provider.wipe();
  const swapped = ['About peach', 'About grape'];
  t.deepEqual(await run(t, both(['peach', 'grape']), {mode: 'replay', cassette}), swapped);
  t.deepEqual(await run(t, both(['peach', 'grape']), {mode: 'record', cassette, provider}), swapped);
});

test('uploads that differ in their first part alone are different files', async t => {
  const provider = await forgetfulProvider(t);
  const cassette = await newCassette(t);
  const uploadInParts = (url: string, parts: readonly string[]) =>
    parts.reduce<Promise<{address: string; uri?: string}>>(
      async (before, part, index) => {
        const {address} = await before;
        const command = index === parts.length - 1 ? 'upload, finalize' : 'upload';
        const headers = {'x-goog-upload-command': command, 'x-goog-upload-offset': String(index)};
        const response = await fetch(address, {method: 'POST', headers, body: part});
        const {file} = (await response.json()) as {file?: {uri: string}};
        return {address, ...file};
      },
      fetch(`${url}/upload/v1beta/files`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-goog-upload-protocol': 'resumable',
          'x-goog-upload-command': 'start',
        },
        body: '{"file":{}}',
      }).then(response => ({address: response.headers.get('x-goog-upload-url') ?? ''})),
    );
  const askBoth = (order: readonly string[]) => async (url: string) => {
    const answers: string[] = [];
    for (const first of order) {
      const {uri} = await uploadInParts(url, [first, 'end']);
      const response = await fetch(`${url}/v1beta/models/gemini:generateContent`, {
        method: 'POST',
        headers: {'content-type': 'application/json'},
        body: JSON.stringify({contents: [{role: 'user', parts: [{fileData: {fileUri: uri}}]}]}),
      });
      answers.push(JSON.stringify(await response.json()));
    }
    return answers;
  };
  const recorded = await run(t, askBoth(['one ', 'two ']), {mode: 'record', cassette, provider});
  t.regex(recorded[0] ?? '', /About one end/);
  const again = await run(t, askBoth(['two ', 'one ']), {mode: 'auto', cassette, provider});
  t.regex(again[0] ?? '', /About two end/);
  t.regex(again[1] ?? '', /About one end/);
});

test('a provider that gives an old id to another object does not get the old answer', async t => {
  const provider = await forgetfulProvider(t);
  provider.countIds();
  const cassette = await newCassette(t);
  const about = (content: string) => async (url: string) => {
    const client = openai(url);
    return askAbout(client, await upload(client, content));
  };
  t.is(await run(t, about('apple'), {mode: 'auto', cassette, provider}), 'About apple');
  provider.wipe();
  provider.countIds();
  t.is(await run(t, about('pear'), {mode: 'auto', cassette, provider}), 'About pear');
  // In one session, too.
  const twice = await newCassette(t);
  const both = async (url: string) => {
    const answers: string[] = [];
    for (const content of ['apple', 'pear']) {
      provider.wipe();
      provider.countIds();
      answers.push(await about(content)(url));
    }
    return answers;
  };
  t.deepEqual(await run(t, both, {mode: 'auto', cassette: twice, provider}), ['About apple', 'About pear']);
});

test('a second upload of the same content is another file, with a question of its own', async t => {
  const provider = await forgetfulProvider(t);
  const cassette = await newCassette(t);
  const program = (count: number) => async (url: string) => {
    const client = openai(url);
    const answers: string[] = [];
    for (let index = 0; index < count; index++)
      answers.push(await askAbout(client, await upload(client, 'apple')));
    return answers;
  };
  await run(t, program(2), {mode: 'record', cassette, provider});
  const keys = await keysOf(cassette);
  // The upload, and a question for each position.
  t.is(keys.length, 3);
  provider.wipe();
  await run(t, program(2), {mode: 'record', cassette, provider});
  t.deepEqual(await keysOf(cassette), keys);
  t.deepEqual(await run(t, program(2), {mode: 'replay', cassette}), ['About apple', 'About apple']);
});

test('an id that the session does not know is looked for in the cassette, and stays as it is without one', async t => {
  const provider = await forgetfulProvider(t);
  const cassette = await newCassette(t);
  let id = '';
  const first = async (url: string) => {
    const client = openai(url);
    id = await upload(client, 'apple');
    return askAbout(client, id);
  };
  await run(t, first, {mode: 'auto', cassette, provider});
  // A program that knows the recorded id from elsewhere.
  t.is(await run(t, url => askAbout(openai(url), id), {mode: 'replay', cassette}), 'About apple');
  const stranger = run(t, url => askAbout(openai(url), 'file-000000000000000000'), {
    mode: 'replay',
    cassette,
  });
  await t.throwsAsync(stranger, {message: /No take of this request/});
});

test('recordings from the time when keys had ids go on being replayed', async t => {
  const provider = await forgetfulProvider(t);
  const cassette = await newCassette(t);
  let id = '';
  const inSession = (session: string) =>
    new OpenAI({apiKey: 'sk', maxRetries: 0, defaultHeaders: {'x-retake-session': session}, baseURL: ''});
  // Another session does not know the id, so its question is recorded as it is.
  const recording = async (url: string) => {
    id = await upload(inSession('one').withOptions({baseURL: `${url}/v1`}), 'apple');
    return askAbout(inSession('two').withOptions({baseURL: `${url}/v1`}), id);
  };
  await run(t, recording, {mode: 'auto', cassette, provider});
  const keys = await keysOf(cassette);
  const opened = await openForReading(cassette);
  const views: string[] = [];
  for await (const {view} of opened.views()) views.push(JSON.stringify(view));
  await opened.close();
  t.true(views.some(view => view.includes(id)));
  provider.wipe();
  const together = async (url: string) => {
    const client = openai(url);
    return askAbout(client, await upload(client, 'apple'));
  };
  for (const mode of ['replay', 'auto'] as const) {
    t.is(
      await run(t, together, {mode, cassette, provider: mode === 'auto' ? provider : undefined}),
      'About apple',
    );
  }
  t.deepEqual(await keysOf(cassette), keys);
});

test('whatever is recorded in whatever order, no question gets an answer about another file', async t => {
  const contents = fc.array(fc.constantFrom('apple', 'pear', 'plum'), {minLength: 1, maxLength: 4});
  const runs = fc.array(
    fc.record({mode: fc.constantFrom('auto' as const, 'record' as const), contents, counts: fc.boolean()}),
    {
      minLength: 1,
      maxLength: 3,
    },
  );
  const property = fc.asyncProperty(runs, contents, async (recordings, replayed) => {
    const provider = await forgetfulProvider(t);
    const cassette = await newCassette(t);
    const outcomes = (order: readonly string[]) => async (url: string) => {
      const client = openai(url);
      return Promise.all(
        order.map(async content => {
          // The provider has forgotten what an earlier run has stored.
          const answer = await upload(client, content)
            .then(id => askAbout(client, id))
            .catch(String);
          return answer === `About ${content}` ||
            /^\w*Error: (?:404|400 No take|409 The id file-number\d+ stands for two)/.test(answer)
            ? 'right'
            : `${content}: ${answer}`;
        }),
      );
    };
    for (const {mode, contents: order, counts} of recordings) {
      provider.wipe();
      if (counts) provider.countIds();
      t.deepEqual(
        await run(t, outcomes(order), {mode, cassette, provider}),
        order.map(() => 'right'),
      );
    }
    t.deepEqual(
      await run(t, outcomes(replayed), {mode: 'replay', cassette}),
      replayed.map(() => 'right'),
    );
  });
  await fc.assert(property, {numRuns: 12});
});

test('a missed question about a file is recorded through the control API, and found by the session that knows the file', async t => {
  const provider = await forgetfulProvider(t);
  const cassette = await newCassette(t);
  await run(t, url => upload(openai(url), 'apple'), {mode: 'auto', cassette, provider});
  const upstream = {provider: true, openai: `${provider.url}/v1`, keys: {openai: 'sk-own'}} as const;
  const {url} = await buildProxy(t, {mode: 'replay', allowModeOverride: true, upstream, cassette});
  const client = openai(url);
  const id = await upload(client, 'apple');
  await t.throwsAsync(askAbout(client, id), {message: /No take/});
  const recorded = await fetch(`${url}/_retake/v1/exchanges/2/record`, {method: 'POST'});
  t.is(recorded.status, 200, await recorded.text());
  t.is(await askAbout(client, id), 'About apple');
});
