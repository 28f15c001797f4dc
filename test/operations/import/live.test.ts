import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import test, {type ExecutionContext} from 'ava';
import fc from 'fast-check';
import {importCassette} from '../../../src/operations/import-cassette.js';
import {buildProxy} from '../../support/build-proxy.js';
import {type ProviderServer, providerServer} from '../../support/provider-server.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

type Exchange = {readonly body: object; readonly status: number; readonly answer: string};

const date = 'Sun, 29 Nov 2026 12:00:00 GMT';

const arbitraryExchange: fc.Arbitrary<Exchange> = fc
  .record({
    prompt: fc.constantFrom('Hi', 'Hé 🗼', 'my key is sk-proj-a1B2c3D4a1B2c3D4a1B2c3D4a1B2c3D4a1B2c3D4'),
    model: fc.constantFrom('gpt-4o', 'gpt-5'),
    text: fc.string({unit: 'grapheme', minLength: 1, maxLength: 12}),
    kind: fc.constantFrom('unary', 'stream', 'cut', 'error', 'unknown'),
  })
  .map(({prompt, model, text, kind}) => {
    const messages = [{role: 'user', content: prompt}];
    const head = {id: 'chatcmpl-1', created: 1, model: `${model}-2026`};
    if (kind === 'error') return {body: {model, messages}, status: 429, answer: '{"error":{"message":"No"}}'};
    if (kind === 'unary' || kind === 'unknown') {
      const message = {role: 'assistant', content: kind === 'unary' ? text : [{type: 'picture', text}]};
      const choices = [{index: 0, message, finish_reason: 'stop'}];
      return {
        body: {model, messages},
        status: 200,
        answer: JSON.stringify({...head, object: 'chat.completion', choices}),
      };
    }
    const events = [
      ...[...text].map(piece => ({index: 0, delta: {content: piece}, finish_reason: null})),
      {index: 0, delta: {}, finish_reason: 'stop'},
    ].map(choice => JSON.stringify({...head, object: 'chat.completion.chunk', choices: [choice]}));
    const sent = kind === 'cut' ? events.slice(0, 1) : [...events, '[DONE]'];
    return {
      body: {model, messages, stream: true},
      status: 200,
      answer: sent.map(data => `data: ${data}\n\n`).join(''),
    };
  });

test('an import gives the bytes that a live recording of the same exchanges gives, from HAR and from VCR', async t => {
  const exchanges: Exchange[] = [];
  const provider = await providerServer(t, (_request, response, index) => {
    const {status, answer} = exchanges[index] ?? {status: 500, answer: ''};
    response.writeHead(status, {'content-type': typeOf(answer), date, connection: 'close'}).end(answer);
  });
  await fc.assert(
    fc.asyncProperty(fc.array(arbitraryExchange, {minLength: 1, maxLength: 6}), async given => {
      exchanges.push(...given);
      const directory = await temporaryFolder(t);
      const live = await recordLive(t, provider, given);
      for (const [name, file] of Object.entries(filesOf(given, provider.url))) {
        const from = join(directory, name);
        const path = `${from}.cassette`;
        await writeFile(from, JSON.stringify(file));
        const report = await importCassette({from, path, replaces: false, dialect: 'openai'});
        t.is(report.imported.length + report.leftOut.length, given.length);
        t.is(report.imported.length, live.recorded, JSON.stringify([given, report]));
        t.deepEqual(await readFile(path).catch(() => undefined), live.bytes);
      }
    }),
    {numRuns: 12},
  );
});

test('the answers to one request are played in the order of the file, whatever their dates are', async t => {
  const directory = await temporaryFolder(t);
  const url = 'https://api.openai.com';
  const answers = ['a', 'a', 'b', 'a', 'c'];
  const messages = [{role: 'user', content: 'Hi'}];
  const given = answers.map(content => ({
    body: {model: 'gpt-4o', messages},
    status: 200,
    answer: JSON.stringify({
      ...{id: 'c', object: 'chat.completion', created: 1, model: 'gpt-4o'},
      choices: [{index: 0, message: {role: 'assistant', content}, finish_reason: 'stop'}],
    }),
  }));
  const {log} = filesOf(given, url)['text.har'];
  const entries = log.entries.map((entry, index) => ({
    ...entry,
    startedDateTime: `2026-01-0${answers.length - index}T00:00:00Z`,
  }));
  await writeFile(join(directory, 'a.har'), JSON.stringify({log: {entries}}));
  const cassette = join(directory, 'a.cassette');
  await importCassette({from: join(directory, 'a.har'), path: cassette, replaces: false});
  const {post} = await buildProxy(t, {mode: 'replay', cassette});
  for (const expected of [...answers, 'c']) {
    const response = await post('/v1/chat/completions', {model: 'gpt-4o', messages});
    const {choices} = (await response.json()) as {choices: {message: {content: string}}[]};
    t.is(choices[0]?.message.content, expected);
  }
});

async function recordLive(t: ExecutionContext, provider: ProviderServer, given: readonly Exchange[]) {
  const cassette = join(await temporaryFolder(t), 'live.cassette');
  const {post, proxy} = await buildProxy(t, {
    cassette,
    mode: 'record',
    allowMissingCassettes: true,
    keySettings: {forwardModel: true},
    upstream: {provider: true, openai: `${provider.url}/v1`},
    now: () => Date.parse(date),
  });
  for (const {body} of given) {
    const headers = {authorization: 'Bearer sk-of-mine'};
    const response = await post('/v1/chat/completions', body, headers);
    await response.text().catch(() => '');
  }
  const {recorded} = await proxy.verdict();
  await proxy.close();
  return {recorded, bytes: await readFile(cassette).catch(() => undefined)};
}

/** The exchanges as other tools write them: with and without compression, as text and as base64. */
function filesOf(given: readonly Exchange[], url: string) {
  const request = {method: 'POST', url: `${url}/v1/chat/completions`};
  const named = (headers: object) => Object.entries(headers).map(([name, value]) => ({name, value}));
  const har = (isBase64: boolean) => ({
    log: {
      version: '1.2',
      entries: given.map(({body, status, answer}) => ({
        request: {
          ...request,
          headers: named({'Content-Type': 'application/json', Authorization: 'Bearer sk-of-mine'}),
          postData: {mimeType: 'application/json', text: JSON.stringify(body)},
        },
        response: {
          status,
          // A browser has decoded what it exports.
          headers: named({'Content-Type': typeOf(answer), Date: date, 'Content-Encoding': 'br'}),
          content: isBase64
            ? {text: Buffer.from(answer).toString('base64'), encoding: 'base64'}
            : {text: answer},
        },
      })),
    },
  });
  const vcr = (bodyOf: (answer: string) => object, encoding: readonly string[]) => ({
    version: 1,
    interactions: given.map(({body, status, answer}) => ({
      request: {
        method: 'POST',
        uri: request.url,
        body: JSON.stringify(body),
        headers: {'Content-Type': ['application/json']},
      },
      response: {
        status: {code: status, message: ''},
        headers: {'Content-Type': [typeOf(answer)], date: [date], 'content-encoding': encoding},
        body: bodyOf(answer),
      },
    })),
  });
  return {
    'text.har': har(false),
    'base64.har': har(true),
    'plain.json': vcr(answer => ({string: answer}), []),
    'decoded.json': vcr(answer => ({string: answer}), ['gzip']),
    'gzip.json': vcr(answer => ({base64_string: gzipSync(answer).toString('base64')}), ['gzip']),
  };
}

function typeOf(answer: string): string {
  return answer.startsWith('data:') ? 'text/event-stream' : 'application/json';
}
