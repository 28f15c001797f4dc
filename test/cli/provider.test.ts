import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {buildProxy} from '../support/build-proxy.js';
import {interactionsIn} from '../support/cassette-files.js';
import {type ProviderScript, providerServer, sendJson} from '../support/provider-server.js';
import {retake} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

/** An application that uses a chat, a moderation, an image, a voice, a transcription and a batch, as programs with the SDK of OpenAI do. */
const application = `
import OpenAI from ${JSON.stringify(import.meta.resolve('openai'))};
const openai = new OpenAI({maxRetries: 0});
const chat = await openai.chat.completions.create({model: 'gpt-4o', messages: [{role: 'user', content: 'Capital of France?'}]});
console.log(chat.choices[0].message.content, chat.system_fingerprint);
const {results} = await openai.moderations.create({model: 'omni-moderation-latest', input: 'a'});
console.log(results[0].flagged);
const image = await openai.images.generate({model: 'gpt-image-1', prompt: 'a cat'});
console.log(image.data[0].b64_json);
const speech = await openai.audio.speech.create({model: 'tts-1', voice: 'alloy', input: 'Hello'});
console.log(Buffer.from(await speech.arrayBuffer()).toString('hex'));
const {text} = await openai.audio.transcriptions.create({model: 'whisper-1', file: new File(['sound'], 'a.mp3')});
console.log(text);
let batch = await openai.batches.create({input_file_id: 'f', endpoint: '/v1/chat/completions', completion_window: '24h'});
while (batch.status !== 'completed') batch = await openai.batches.retrieve(batch.id);
console.log(batch.status);`;

const output = 'Paris fp_1\nfalse\nAAAA\nff00fe01\nHello\ncompleted\n';

const provide: ProviderScript = ({url, method, headers}, response, index) => {
  if (headers.authorization !== 'Bearer sk-of-mine') {
    return sendJson(response, {error: {message: 'Incorrect API key', type: 'invalid_request_error'}}, 401);
  }
  if (url === '/v1/chat/completions') {
    return sendJson(response, {
      ...{id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'gpt-4o-2024-08-06'},
      choices: [
        {
          index: 0,
          message: {role: 'assistant', content: 'Paris', refusal: null},
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {prompt_tokens: 12, completion_tokens: 3, total_tokens: 15},
      system_fingerprint: 'fp_1',
    });
  }
  if (url === '/v1/moderations') return sendJson(response, {id: 'm', results: [{flagged: false}]});
  if (url === '/v1/images/generations') return sendJson(response, {created: 1, data: [{b64_json: 'AAAA'}]});
  if (url === '/v1/audio/speech') {
    response.writeHead(200, {'content-type': 'audio/mpeg'}).end(Buffer.from([0xff, 0, 0xfe, 1]));
    return;
  }
  if (url === '/v1/audio/transcriptions') return sendJson(response, {text: 'Hello'});
  const status = method === 'POST' ? 'validating' : index < 8 ? 'in_progress' : 'completed';
  return sendJson(response, {id: 'batch_1', object: 'batch', status});
};

async function project(t: ExecutionContext) {
  const directory = await temporaryFolder(t);
  await writeFile(join(directory, 'app.mjs'), application);
  const provider = await providerServer(t, provide);
  const run = (words: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
    retake(t, ['run', '--cassette', 'a.cassette', ...words, '--', process.execPath, 'app.mjs'], {
      directory,
      environment,
    });
  const record = () =>
    run(['--mode', 'auto', '--upstream', 'provider', '--upstream-openai', `${provider.url}/v1`], {
      OPENAI_API_KEY: 'sk-of-mine',
    });
  const on = (...words: readonly string[]) => retake(t, words, {directory});
  return {directory, provider, run, record, on};
}

test('a program that uses the API is recorded with its own key, and replayed without key and provider', async t => {
  const {directory, record, run, provider} = await project(t);
  const recorded = await record();
  t.is(recorded.stdout, output);
  t.is(recorded.exitCode, 0);
  t.regex(recorded.stderr, /9 requests: 0 replayed, 9 recorded\n/);
  t.regex(recorded.stderr, /gpt-4o-2024-08-06: 12 input tokens, 3 output tokens\n/);
  const asked = provider.requests.length;
  const replayed = await run(['--mode', 'replay']);
  t.is(replayed.stdout, output);
  t.is(replayed.exitCode, 0);
  t.regex(replayed.stderr, /9 requests: 9 replayed\n/);
  t.is(provider.requests.length, asked);
  t.false((await readFile(join(directory, 'a.cassette'))).includes('sk-of-mine'));
});

test('without a key, the run says which variable is missing before the command starts', async t => {
  const {run, provider} = await project(t);
  const {exitCode, stdout, stderr} = await run(['--mode', 'auto', '--upstream', 'provider']);
  t.is(exitCode, 2);
  t.is(stdout, '');
  t.regex(stderr, /OPENAI_API_KEY/);
  t.is(provider.requests.length, 0);
});

test("retake's own key is enough, and the command does not get it", async t => {
  const {directory, provider} = await project(t);
  await writeFile(
    join(directory, 'app.mjs'),
    `${application}\nconsole.log(process.env.OPENAI_API_KEY, process.env.RETAKE_OPENAI_API_KEY);`,
  );
  const {stdout, stderr, exitCode} = await retake(
    t,
    [
      ...['run', '--cassette', 'a.cassette', '--mode', 'auto', '--upstream', 'provider'],
      ...['--upstream-openai', `${provider.url}/v1`, '--', process.execPath, 'app.mjs'],
    ],
    {directory, environment: {RETAKE_OPENAI_API_KEY: 'sk-of-mine'}},
  );
  t.regex(stderr, /9 recorded/);
  t.is(stdout, `${output}retake-placeholder undefined\n`);
  t.is(exitCode, 0);
});

test('without a key, what is recorded is replayed, and a miss names the variable', async t => {
  const {record, run, directory} = await project(t);
  await record();
  const without = await run(['--mode', 'auto', '--upstream', 'provider']);
  t.is(without.stdout, output);
  t.regex(without.stderr, /none is set: GEMINI_API_KEY, OPENAI_API_KEY, ANTHROPIC_API_KEY/);
  await writeFile(join(directory, 'app.mjs'), application.replace('France', 'Japan'));
  const missed = await run(['--mode', 'auto', '--upstream', 'provider']);
  t.regex(missed.stderr, /401 .*OPENAI_API_KEY is not set/);
  const strict = await run(['--mode', 'replay']);
  t.regex(strict.stderr, /retake run --mode auto --upstream provider -- <command>/);
  t.regex(strict.stderr, /with --mode auto --upstream provider and a key of the API, and commit/);
});

test('a base URL that only a configuration file names gets no key before it is trusted', async t => {
  const {run, directory, provider} = await project(t);
  const settings = {upstream: 'provider', upstreamOpenai: provider.url};
  await writeFile(join(directory, 'retake.config.json'), JSON.stringify(settings));
  const {exitCode, stderr} = await run(['--mode', 'auto'], {OPENAI_API_KEY: 'sk-of-mine'});
  t.is(exitCode, 2);
  t.regex(stderr, /retake trust/);
  t.is(provider.requests.length, 0);
});

test('a base URL of a provider without --upstream provider is refused', async t => {
  const {run} = await project(t);
  const {exitCode, stderr} = await run(['--mode', 'auto', '--upstream-gemini', 'http://127.0.0.1:1']);
  t.is(exitCode, 2);
  t.regex(stderr, /upstreamGemini.*provider/);
});

test('every command reads what a provider answered', async t => {
  const {directory, record, on} = await project(t);
  await record();
  const {stdout: list} = await on('ls', 'a.cassette');
  t.regex(list, /POST \/v1\/images\/generations: a cat/);
  t.regex(list, /GET \/v1\/batches\/<batches:[0-9a-f]{8}…>/);
  t.regex(list, /Capital of France\?/);

  const numberOf = (text: string) =>
    /^\W*(\d+)/.exec(list.split('\n').find(line => line.includes(text)) ?? '')?.[1] ?? '';
  const {stdout: chat} = await on('show', numberOf('Capital'), 'a.cassette');
  t.regex(chat, /Paris/);
  t.regex(chat, /stored as openai sent it: unary, HTTP 200, \d+ bytes of application\/json/);
  const {stdout: speech} = await on('show', numberOf('/audio/speech'), 'a.cassette');
  t.regex(speech, /audio\/mpeg, 4 bytes, sha256 [0-9a-f]{64}/);
  const {stdout: image} = await on('show', numberOf('/images'), 'a.cassette');
  t.regex(image, /"b64_json": "AAAA"/);
  t.regex(image, /recorded \S+ by \S+\n/, 'a raw question names no model');

  t.is((await on('verify', 'a.cassette')).exitCode, 0);
  t.is((await on('export', 'a.cassette', '--output', 'a.jsonl')).exitCode, 0);
  t.is((await on('import', 'a.jsonl', 'b.cassette')).exitCode, 0);
  const read = (name: string) => readFile(join(directory, name));
  t.deepEqual(await read('b.cassette'), await read('a.cassette'));

  const lines = (await read('a.jsonl')).toString();
  await writeFile(join(directory, 'c.jsonl'), lines.replace('AAAA', 'BBBB').replace('[95,', '[95,'));
  t.is((await on('import', 'c.jsonl', 'c.cassette')).exitCode, 0);
  const {stdout: diff} = await on('diff', 'a.cassette', 'c.cassette');
  t.regex(diff, /AAAA/);
  t.regex(diff, /BBBB/);
  t.regex((await on('textconv', 'a.cassette')).stdout, /audio\/mpeg, 4 bytes/);

  const again = await on('rerecord', '--upstream', 'provider', 'a.cassette');
  t.is(again.exitCode, 2);
  t.regex(again.stderr, /retake run --mode record --upstream provider/);
  t.regex(again.stderr, /add --drift/);
});

test('`edit` changes what a chat says and drops its bytes; a raw answer is refused', async t => {
  const {directory, record} = await project(t);
  await record();
  await writeFile(
    join(directory, 'editor.mjs'),
    "import {writeFileSync} from 'node:fs';\nwriteFileSync(process.argv[2], 'Lyon');",
  );
  const edit = (key: string) =>
    retake(t, ['edit', key, '--cassette', 'a.cassette'], {
      directory,
      environment: {EDITOR: `${process.execPath} ${join(directory, 'editor.mjs')}`},
    });
  const interactions = await interactionsIn(join(directory, 'a.cassette'));
  const keyOf = (operation: string) =>
    interactions.find(({view}) => view['operation'] === operation)?.key.slice(2, 14) ?? '';
  const edited = await edit(keyOf('chat'));
  t.is(edited.stderr, '');
  t.regex(edited.stdout, /edited; retake replays it from its text now/);
  const chat = (await interactionsIn(join(directory, 'a.cassette'))).find(
    ({view}) => view['operation'] === 'chat',
  );
  t.is(chat?.takes[0].wire, undefined);
  const refused = await edit(keyOf('raw'));
  t.is(refused.exitCode, 1);
  t.regex(refused.stderr, /bytes of its provider, and cannot be edited/);
});

test('`verify` and `redact` find secrets in the bytes of a provider', async t => {
  const {directory, record, on} = await project(t);
  await record();
  const secret = `sk-proj-${'a1B2c3D4'.repeat(6)}`;
  await on('export', 'a.cassette', '--output', 'a.jsonl');
  const lines = (await readFile(join(directory, 'a.jsonl'), 'utf8')).split('\n');
  const line = lines.findIndex(text => text.includes('b64_json'));
  const planted = JSON.parse(lines[line] ?? '');
  planted.take.chunks.wire.text = JSON.stringify({data: [{b64_json: secret}]});
  planted.take.chunks.wire.pieces = [[1, Buffer.byteLength(planted.take.chunks.wire.text)]];
  lines[line] = JSON.stringify(planted);
  await writeFile(join(directory, 'b.jsonl'), lines.join('\n'));
  t.is((await on('import', 'b.jsonl', 'b.cassette')).exitCode, 0);
  const found = await on('verify', 'b.cassette');
  t.is(found.exitCode, 1);
  t.regex(found.stdout, /: answer in the bytes of its provider looks like a secret/);
  t.false(found.stdout.includes(secret));
  t.like(await on('redact', 'b.cassette'), {exitCode: 0, stderr: ''});
  t.false((await readFile(join(directory, 'b.cassette'))).includes(secret));
  t.is((await on('verify', 'b.cassette')).exitCode, 0);
});

test('`doctor` says which providers answer, without a key', async t => {
  const {provider, on} = await project(t);
  const {stdout} = await on(
    'doctor',
    ...['--mode', 'auto', '--upstream', 'provider', '--json', '--port', '0'],
    ...['--upstream-openai', provider.url, '--upstream-anthropic', provider.url],
    ...['--upstream-gemini', 'http://127.0.0.1:1'],
  );
  const {findings} = JSON.parse(stdout) as {findings: {subject: string; verdict: string; found: string}[]};
  const verdicts = Object.fromEntries(findings.map(({subject, verdict}) => [subject, verdict]));
  t.like(verdicts, {openai: 'ok', anthropic: 'ok', gemini: 'warn'});
  t.deepEqual(
    provider.requests.map(({url}) => url),
    ['/v1/models', '/v1/models'],
  );
});

test('a run that reaches its token limit names what got no answer, and another one records the rest', async t => {
  const directory = await temporaryFolder(t);
  const asking = `
for (const content of ['One?', 'Two?', 'Three?', 'Three?']) {
  const response = await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {
    method: 'POST',
    headers: {'content-type': 'application/json', authorization: 'Bearer sk-of-mine'},
    body: JSON.stringify({model: 'gpt-4o', messages: [{role: 'user', content}]}),
  });
  console.log(response.status);
}`;
  await writeFile(join(directory, 'app.mjs'), asking);
  const provider = await providerServer(t, provide);
  const run = (limit: string) =>
    retake(
      t,
      [
        ...['run', '--cassette', 'a.cassette', '--mode', 'auto', '--upstream', 'provider'],
        ...[
          '--upstream-openai',
          `${provider.url}/v1`,
          '--max-tokens-spent',
          limit,
          '--report',
          'report.json',
        ],
        ...['--', process.execPath, 'app.mjs'],
      ],
      {directory, environment: {OPENAI_API_KEY: 'sk-of-mine'}},
    );
  const limited = await run('20');
  t.is(limited.exitCode, 3, limited.stderr);
  t.is(limited.stdout, '200\n200\n403\n403\n');
  t.regex(limited.stderr, /^retake: 4 requests: 0 replayed, 2 recorded, 2 not sent \(token limit\)$/m);
  t.regex(
    limited.stderr,
    /^token limit reached: 30 tokens were spent, and --max-tokens-spent is 20\. 2 requests got an error \(HTTP 403\)/m,
  );
  t.is(limited.stderr.match(/^ {2}a [0-9a-f]{12}: Three\?$/gm)?.length, 1);
  t.notRegex(limited.stderr, /: Two\?|the model returned an error/);
  const report = JSON.parse(await readFile(join(directory, 'report.json'), 'utf8'));
  t.like(report, {notSent: 2, failed: 0, tokenLimit: 20, exitCode: 3});
  t.deepEqual(
    report.unsent.map(({question}: {question: string}) => question),
    ['Three?'],
  );
  const rest = await run('20');
  t.is(rest.exitCode, 0, rest.stderr);
  t.is(rest.stdout, '200\n200\n200\n200\n');
  t.is(provider.requests.length, 3);
});

test('show prints a raw question as the request that it is', async t => {
  const provider = await providerServer(t, provide);
  const upstream = {provider: true, openai: `${provider.url}/v1`} as const;
  const {post, proxy, cassette} = await buildProxy(t, {mode: 'record', upstream});
  const headers = {authorization: 'Bearer sk-of-mine'};
  await post('/v1/images/generations?tier=a', {prompt: 'a cat'}, headers);
  await proxy.close();
  const {stdout} = await retake(t, ['show', '1', cassette]);
  t.regex(
    stdout,
    /\n\nrequest\n {2}POST \/v1\/images\/generations\?tier=a \(openai\)\n {2}\{\n {4}"prompt": "a cat"\n {2}\}\n\nanswer\n/,
  );
  t.notRegex(stdout, /settings/);
});
