import {existsSync} from 'node:fs';
import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {Value} from '@sinclair/typebox/value';
import test, {type ExecutionContext} from 'ava';
import {RunReport} from '../../cli/output/run-report.js';
import {interactionsIn, writeCassette} from '../support/cassette-files.js';
import {eventually, isAlive} from '../support/eventually.js';
import {recordingOf, textOf} from '../support/recordings.js';
import {type RetakeOptions, retake, startRetake, untilMatch, withFakeEngine} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const france = 'What is the capital of France?';
const japan = 'What is the capital of Japan?';

/** An application that sends its requests as an OpenAI SDK does, prints the answers, and swallows every failure. */
const application = `
for (const question of process.argv.slice(1)) {
  const response = await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {
    method: 'POST',
    headers: {'content-type': 'application/json', authorization: 'Bearer ' + process.env.OPENAI_API_KEY},
    body: JSON.stringify({model: 'gpt-4o', messages: [{role: 'user', content: question}]}),
  });
  const answer = await response.json();
  console.log(response.ok ? answer.choices[0].message.content : 'sorry');
}`;

function asking(...questions: readonly string[]): readonly string[] {
  return ['--', ...node(application, ...questions)];
}

function node(script: string, ...words: readonly string[]): readonly string[] {
  return [process.execPath, '--input-type=module', '--eval', script, ...words];
}

/** A folder whose configured cassette has one recording. */
async function folderThatKnowsFrance(t: ExecutionContext): Promise<string> {
  const directory = await temporaryFolder(t);
  await writeFile(join(directory, 'retake.config.json'), '{"cassette": "a.cassette"}');
  await writeCassette(join(directory, 'a.cassette'), [recordingOf(france, 'It is Paris.')]);
  return directory;
}

test('recorded answers are replayed, and the verdict follows on stderr', async t => {
  const directory = await folderThatKnowsFrance(t);
  const result = await retake(t, ['run', '--mode', 'replay', ...asking(france, france)], {directory});
  t.is(result.exitCode, 0);
  t.is(result.stdout, 'It is Paris.\nIt is Paris.\n');
  t.is(result.stderr, 'retake: 2 requests: 2 replayed\n');
});

test('a miss that the command swallowed makes the exit code 3, and the verdict explains it', async t => {
  const directory = await folderThatKnowsFrance(t);
  const {exitCode, stdout, stderr} = await retake(t, ['run', '--mode', 'replay', ...asking(japan)], {
    directory,
  });
  t.is(exitCode, 3);
  t.is(stdout, 'sorry\n');
  t.regex(stderr, /^retake: 1 request: 0 replayed, 1 missed; 1 take unused\n/);
  t.regex(stderr, /^miss {2}No take of this request in cassette "a" \(mode replay\)\.$/m);
  t.regex(stderr, /What is the capital of Japan\?/);
  t.regex(stderr, /unused takes[^\n]*\n {2}a [0-9a-f]{12} take 1: What is the capital of France\?\n/);
});

test('the command’s own exit code wins over that of a miss', async t => {
  const directory = await folderThatKnowsFrance(t);
  const words = ['run', '--mode', 'replay', '--', ...node(`${application}\nprocess.exit(7);`, japan)];
  const {exitCode, stderr} = await retake(t, words, {directory});
  t.is(exitCode, 7);
  t.regex(stderr, /1 missed/);
});

test('in auto mode, a new request is sent to the model, recorded and saved', async t => {
  const directory = await folderThatKnowsFrance(t);
  const {model, environment} = await withFakeEngine(t, {says: 'Tokyo.'});
  const result = await retake(t, ['run', ...asking(france, japan)], {directory, environment});
  t.is(result.exitCode, 0);
  t.is(result.stdout, 'It is Paris.\nTokyo.\n');
  t.regex(result.stderr, /^retake: 2 requests: 1 replayed, 1 recorded\n$/m);
  const recorded = await interactionsIn(join(directory, 'a.cassette'));
  t.deepEqual(recorded.map(({takes}) => textOf(takes[0])).sort(), ['It is Paris.', 'Tokyo.']);
  t.false(isAlive(Number(await readFile(`${model}.pid`, 'utf8'))));
});

test('a run without a miss starts no engine', async t => {
  const directory = await folderThatKnowsFrance(t);
  const {model, environment} = await withFakeEngine(t, {says: 'Tokyo.'});
  const {exitCode} = await retake(t, ['run', ...asking(france)], {directory, environment});
  t.is(exitCode, 0);
  t.false(existsSync(`${model}.pid`));
});

test('a failed request is reported, and nothing is recorded', async t => {
  const directory = await folderThatKnowsFrance(t);
  const {environment} = await withFakeEngine(t, {fails: 'error: no memory for the model'});
  const {stdout, stderr} = await retake(t, ['run', ...asking(japan)], {directory, environment});
  t.is(stdout, 'sorry\n');
  t.regex(stderr, /1 failed/);
  t.is((await interactionsIn(join(directory, 'a.cassette'))).length, 1);
});

const realKeys = {
  OPENAI_API_KEY: 'hush-openai',
  GEMINI_API_KEY: 'hush-gemini',
  ANTHROPIC_API_KEY: 'hush-anthropic',
  ANTHROPIC_AUTH_TOKEN: 'hush-token',
  AZURE_OPENAI_API_KEY: 'hush-azure',
  AZURE_OPENAI_ENDPOINT: 'https://hush.openai.azure.com',
};
const printEnvironment = `console.log(JSON.stringify(process.env))`;

async function environmentOfCommand(
  t: ExecutionContext,
  options: RetakeOptions = {},
): Promise<Record<string, string | undefined>> {
  const words = ['run', '--mode', 'replay', '--', ...node(printEnvironment)];
  const {stdout} = await retake(t, words, {directory: await folderThatKnowsFrance(t), ...options});
  return JSON.parse(stdout) as Record<string, string | undefined>;
}

test('the SDKs’ variables point to the proxy, with placeholders for keys', async t => {
  const environment = await environmentOfCommand(t);
  const address = environment['RETAKE_URL'] ?? '';
  t.regex(address, /^http:\/\/127\.0\.0\.1:\d+$/);
  t.is(environment['GOOGLE_GEMINI_BASE_URL'], address);
  t.is(environment['OPENAI_BASE_URL'], `${address}/v1`);
  t.is(environment['ANTHROPIC_BASE_URL'], address);
  for (const name of ['OPENAI_API_KEY', 'GEMINI_API_KEY', 'ANTHROPIC_API_KEY']) t.truthy(environment[name]);
  t.is(environment['GOOGLE_API_KEY'], undefined, 'the Gemini SDKs warn when they find both names');
  t.is(environment['AZURE_OPENAI_ENDPOINT'], undefined);
});

/** Unchanged SDKs without any option: they are configured by the environment. */
const sdkApplication = `
const [{default: OpenAI}, {GoogleGenAI}] = await Promise.all(process.argv.slice(1).map(path => import(path)));
const question = 'What is the capital of France?';
const completion = await new OpenAI().chat.completions.create({model: 'gpt-4o', messages: [{role: 'user', content: question}]});
console.log(completion.choices[0].message.content);
const reply = await new GoogleGenAI({}).models.generateContent({model: 'gemini-2.5-flash', contents: question});
console.log(reply.text);`;

test('unchanged SDKs find the proxy through their variables', async t => {
  const directory = await folderThatKnowsFrance(t);
  const sdks = [import.meta.resolve('openai'), import.meta.resolve('@google/genai')];
  const result = await retake(t, ['run', '--mode', 'replay', '--', ...node(sdkApplication, ...sdks)], {
    directory,
  });
  t.is(result.stderr, 'retake: 2 requests: 2 replayed\n');
  t.is(result.stdout, 'It is Paris.\nIt is Paris.\n');
  t.is(result.exitCode, 0);
});

test('real keys and addresses are hidden from the command', async t => {
  const environment = await environmentOfCommand(t, {environment: realKeys});
  t.false(JSON.stringify(environment).includes('hush'));
  t.is(environment['AZURE_OPENAI_ENDPOINT'], environment['RETAKE_URL']);
});

test('with only GOOGLE_API_KEY set, only that variable is set for the command', async t => {
  const environment = await environmentOfCommand(t, {environment: {GOOGLE_API_KEY: 'hush'}});
  t.not(environment['GOOGLE_API_KEY'], 'hush');
  t.is(environment['GEMINI_API_KEY'], undefined);
});

test('behind an HTTP proxy, requests to retake bypass the proxy', async t => {
  const environment = await environmentOfCommand(t, {
    environment: {HTTP_PROXY: 'http://proxy:3128', NO_PROXY: 'intranet'},
  });
  t.is(environment['NO_PROXY'], 'intranet,127.0.0.1,localhost');
});

test('options after the command belong to the command, also without the two dashes', async t => {
  const words = [
    'run',
    '--mode',
    'replay',
    ...node('console.log(process.argv.slice(1).join())', '--', '--mode', 'x'),
  ];
  const {exitCode, stdout} = await retake(t, words, {directory: await folderThatKnowsFrance(t)});
  t.is(exitCode, 0);
  t.is(stdout, '--mode,x\n');
});

test('a command that does not exist exits with 127 and an error', async t => {
  const directory = await folderThatKnowsFrance(t);
  const words = ['run', '--mode', 'replay', '--', 'no-such-command'];
  const {exitCode, stderr} = await retake(t, words, {directory});
  t.is(exitCode, 127);
  t.is(stderr, 'retake: Command not found: `no-such-command`\n');
});

test('a file that is not executable exits with 126 and an error', async t => {
  const directory = await folderThatKnowsFrance(t);
  await writeFile(join(directory, 'data'), 'no program');
  const {exitCode, stderr} = await retake(t, ['run', '--mode', 'replay', '--', './data'], {directory});
  t.is(exitCode, 126);
  t.regex(stderr, /^retake: `\.\/data` cannot be run: .*EACCES/);
});

const waiting = `
process.on('SIGTERM', () => { console.log('cleaning up'); process.exit(5); });
console.log('waiting');
setInterval(() => {}, 1000);`;

test('a signal is passed on to the command, whose exit code is returned', async t => {
  const directory = await folderThatKnowsFrance(t);
  const words = ['run', '--mode', 'replay', '--', ...node(waiting)];
  const {child, output, errors} = await startRetake(t, words, {directory});
  await untilMatch({child, errors}, output, /waiting/);
  child.kill('SIGTERM');
  const {exitCode, stdout, stderr} = await child;
  t.is(exitCode, 5);
  t.is(stdout, 'waiting\ncleaning up\n');
  t.regex(stderr, /^retake: no requests\n/);
});

test('a command that a signal ended exits with 128 plus its number', async t => {
  const directory = await folderThatKnowsFrance(t);
  const words = ['run', '--mode', 'replay', '--', ...node(waiting)];
  const {child, output, errors} = await startRetake(t, words, {directory});
  await untilMatch({child, errors}, output, /waiting/);
  child.kill('SIGINT');
  t.is((await child).exitCode, 130);
});

test('the command reads retake’s stdin', async t => {
  const words = [
    'run',
    '--mode',
    'replay',
    '--',
    ...node("process.stdin.on('end', () => console.log('the end')).resume()"),
  ];
  const {exitCode, stdout} = await retake(t, words, {directory: await folderThatKnowsFrance(t)});
  t.is(exitCode, 0);
  t.is(stdout, 'the end\n');
});

test('`--report` writes the verdict as JSON of the published schema', async t => {
  const directory = await folderThatKnowsFrance(t);
  const words = ['run', '--mode', 'replay', '--report', 'verdict.json', ...asking(france, japan)];
  const {exitCode} = await retake(t, words, {directory});
  t.is(exitCode, 3);
  const report: unknown = JSON.parse(await readFile(join(directory, 'verdict.json'), 'utf8'));
  t.deepEqual([...Value.Errors(RunReport, report)], []);
  const {misses, ...rest} = Value.Decode(RunReport, report);
  t.like(rest, {
    version: 1,
    mode: 'replay',
    exitCode: 3,
    played: 1,
    recorded: 0,
    missed: 1,
    notRecorded: 0,
    failed: 0,
  });
  t.deepEqual(rest.commandExit, {code: 0});
  t.deepEqual(rest.unused, []);
  t.like(misses[0], {cassette: 'a', question: japan});
  t.true(misses[0]?.nearest?.question === france);
});

test('a report that cannot be written is an error', async t => {
  const words = ['run', '--mode', 'replay', '--report', 'no/such/folder.json', '--', ...node('')];
  const {exitCode, stderr} = await retake(t, words, {directory: await folderThatKnowsFrance(t)});
  t.is(exitCode, 1);
  t.regex(stderr, /^retake: The report no\/such\/folder\.json cannot be written: ENOENT/m);
});

test('under GitHub Actions a miss is an annotation, and the job gets a summary', async t => {
  const directory = await folderThatKnowsFrance(t);
  const summary = join(directory, 'summary.md');
  await writeFile(summary, 'before\n');
  const question = '100% of <b>what</b>? | a: b,\n::warning::c';
  const {stdout, stderr} = await retake(t, ['run', ...asking(question)], {
    directory,
    environment: {CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary},
  });
  t.is(stdout, 'sorry\n');
  const [error = ''] = stderr.match(/^::error .*$/gm) ?? [];
  t.regex(error, /^::error title=retake%3A not recorded::No take of this request .*%0A.*100%25 of/);
  t.is(
    stderr.match(/^::warning /gm)?.length,
    1,
    'of the unused take; what was asked makes no command of its own',
  );
  const text = await readFile(summary, 'utf8');
  t.regex(text, /^before\n### retake: 1 request: 0 replayed, 1 missed; 1 take unused\n/);
  t.notRegex(text, /<b>|^::/m);
});

test('outside GitHub Actions there are no annotations', async t => {
  const directory = await folderThatKnowsFrance(t);
  const {stderr} = await retake(t, ['run', '--mode', 'replay', ...asking(japan)], {directory});
  t.notRegex(stderr, /^::/m);
});

test('a killed command leaves no process running', async t => {
  const {model, environment} = await withFakeEngine(t, {loads: 600_000});
  const {child} = await startRetake(t, ['run', ...asking(france)], {environment});
  await eventually('the engine runs', () => existsSync(`${model}.pid`));
  const engine = Number(await readFile(`${model}.pid`, 'utf8'));
  child.kill('SIGTERM');
  t.is((await child).exitCode, 143);
  await eventually('the engine has ended', () => !isAlive(engine));
});

test('a run without requests prints the addresses that it set, and fails with `--require-questions`', async t => {
  const directory = await folderThatKnowsFrance(t);
  const silent = ['--', ...node('')];
  const run = await retake(t, ['run', '--mode', 'replay', ...silent], {directory});
  t.is(run.exitCode, 0);
  t.regex(run.stderr, /^retake: no requests\nThe command sent no request to retake\./);
  t.regex(run.stderr, /^ {2}OPENAI_BASE_URL=http:\/\/127\.0\.0\.1:\d+\/v1$/m);
  t.regex(run.stderr, /^ {2}ANTHROPIC_BASE_URL=http:/m);
  t.regex(run.stderr, /docs\/sdks\.md/);

  const strict = ['run', '--mode', 'replay', '--require-questions', '--quiet'];
  const required = await retake(t, [...strict, ...silent], {directory});
  t.is(required.exitCode, 3);
  t.regex(required.stderr, /OPENAI_BASE_URL/);
  t.is((await retake(t, [...strict, ...asking(france)], {directory})).exitCode, 0);
  const failing = await retake(t, [...strict, '--', ...node('process.exit(7)')], {directory});
  t.is(failing.exitCode, 7);
});
