import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {providerServer} from '../support/provider-server.js';
import {retake} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

/** An application that reports why it was refused. */
const application = `
import OpenAI from ${JSON.stringify(import.meta.resolve('openai'))};
const openai = new OpenAI({maxRetries: 1});
try {
  await openai.chat.completions.create({model: 'gpt-4o', messages: [{role: 'user', content: 'Capital of France?'}]});
} catch (error) {
  console.log(error.constructor.name, error.status, error.message, error.headers.get('retry-after-ms'));
}`;

const output = 'RateLimitError 429 429 Slow down, please 1\n';

async function recorded(t: ExecutionContext) {
  const directory = await temporaryFolder(t);
  await writeFile(join(directory, 'app.mjs'), application);
  const provider = await providerServer(t, (_request, response) => {
    response.writeHead(429, {'content-type': 'application/json', 'retry-after-ms': '1'});
    response.end('{"error":{"message":"Slow down, please","type":"requests"}}');
  });
  const on = (...words: readonly string[]) => retake(t, words, {directory});
  const command = ['--', process.execPath, 'app.mjs'];
  const run = (...words: readonly string[]) =>
    retake(t, ['run', '--cassette', 'a.cassette', ...words, ...command], {
      directory,
      environment: {OPENAI_API_KEY: 'sk-of-mine'},
    });
  const record = (...words: readonly string[]) =>
    run(
      ...['--mode', 'auto', '--upstream', 'provider', '--upstream-openai', `${provider.url}/v1`],
      ...['--report', 'report.json', ...words],
    );
  const read = (name: string) => readFile(join(directory, name));
  return {directory, on, run, record, read, provider};
}

test('the errors of an upstream are recorded with --record-errors, and every command shows them', async t => {
  const {directory, on, run, record, read} = await recorded(t);
  const without = await record();
  t.is(without.stdout, output);
  t.regex(without.stderr, /2 requests: 0 replayed, 2 failed/);
  const kept = await record('--record-errors');
  t.is(kept.stdout, output);
  t.regex(kept.stderr, /2 requests: 0 replayed, 2 recorded \(2 errors\)\n/);
  t.like(JSON.parse(String(await read('report.json'))), {recorded: 2, recordedErrors: 2, failed: 0});
  const replayed = await run('--mode', 'replay');
  t.is(replayed.stdout, output);
  t.regex(replayed.stderr, /2 requests: 2 replayed\n/);

  t.regex((await on('ls', 'a.cassette')).stdout, /Capital of France\?.* error 429/);
  t.like(JSON.parse((await on('ls', 'a.cassette', '--json')).stdout), {
    cassettes: [{interactions: [{error: 429}]}],
  });
  const {stdout: shown} = await on('show', '1', 'a.cassette');
  t.regex(shown, /^error$/m);
  t.regex(shown, /HTTP 429: Slow down, please\n +retry-after-ms: 1\n/);
  t.regex(shown, /stored as openai sent it: unary, HTTP 429/);
  t.like(JSON.parse((await on('show', '1', 'a.cassette', '--json')).stdout), {
    takes: [{error: {status: 429, message: 'Slow down, please', headers: {'retry-after-ms': '1'}}}],
  });
  t.regex(
    (await on('textconv', 'a.cassette')).stdout,
    /HTTP 429: Slow down, please[\s\S]*\(a recorded error\)/,
  );
  t.is((await on('verify', 'a.cassette')).exitCode, 0);
  t.is((await on('export', 'a.cassette', '--output', 'a.jsonl')).exitCode, 0);
  t.is((await on('import', 'a.jsonl', 'b.cassette')).exitCode, 0);
  t.deepEqual(await read('b.cassette'), await read('a.cassette'));

  // Any other answer in its place is the worst kind of change.
  const lines = String(await read('a.jsonl'));
  await writeFile(join(directory, 'c.jsonl'), lines.replaceAll('429', '503'));
  t.is((await on('import', 'c.jsonl', 'c.cassette')).exitCode, 0);
  const diff = await on('diff', 'a.cassette', 'c.cassette', '--format', 'json');
  t.like(JSON.parse(diff.stdout), {
    cassettes: [
      {
        changes: [
          {
            verdict: 'error',
            findings: [{verdict: 'error', sentence: 'was the error HTTP 429, now HTTP 503'}],
          },
        ],
      },
    ],
  });
  t.regex((await on('diff', 'a.cassette', 'c.cassette')).stdout, /HTTP \[-429-\]\{\+503\+\}: Slow down/);

  const edited = await on('edit', '1', '--cassette', 'a.cassette');
  t.is(edited.exitCode, 1);
  t.regex(edited.stderr, /is the error HTTP 429, and cannot be edited/);
});

test('an error with other parts is no recording', async t => {
  const {directory, on, record, read} = await recorded(t);
  await record('--record-errors');
  await on('export', 'a.cassette', '--output', 'a.jsonl');
  const lines = String(await read('a.jsonl'));
  for (const [what, from, to] of [
    ['a status of an answer', '"status":429', '"status":200'],
    ['an unknown code', '"code":"upstream_unavailable"', '"code":"nonsense"'],
    ['the end of an answer', '"raw":"error"', '"raw":"stop"'],
  ] as const) {
    t.true(lines.includes(from), what);
    await writeFile(join(directory, 'bad.jsonl'), lines.replace(from, to));
    const {exitCode, stderr} = await on('import', 'bad.jsonl', 'bad.cassette');
    t.not(exitCode, 0, what);
    t.regex(stderr, /bad\.jsonl/, what);
  }
});
