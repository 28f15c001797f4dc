import {existsSync} from 'node:fs';
import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {Value} from '@sinclair/typebox/value';
import test, {type ExecutionContext} from 'ava';
import {RunReport} from '../../cli/output/run-report.js';
import {interactionsIn, writeCassette} from '../support/cassette-files.js';
import {eventually, isAlive} from '../support/eventually.js';
import {recordingOf, textOf} from '../support/recordings.js';
import {
  type RetakeOptions,
  retake,
  retakeProgram,
  startRetake,
  untilMatch,
  withFakeEngine,
} from '../support/retake.js';
import {answering, hanging, scriptedUpstream} from '../support/scripted-upstream.js';
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

test('faults are played to the command and counted apart', async t => {
  const directory = await folderThatKnowsFrance(t);
  const words = ['run', '--mode', 'replay', '--fault', 'rate-limit:0,times=1', '--report', 'report.json'];
  const result = await retake(t, [...words, ...asking(france, france, france)], {directory});
  t.is(result.exitCode, 0);
  t.is(result.stdout, 'sorry\nIt is Paris.\nIt is Paris.\n');
  t.is(result.stderr, 'retake: 3 requests: 2 replayed, 1 with a fault\n');
  const report = JSON.parse(await readFile(join(directory, 'report.json'), 'utf8'));
  t.true(Value.Check(RunReport, report));
  t.like(report, {played: 2, faulted: 1});
});

test('--update keeps the recording of a request that got a fault in its place', async t => {
  const directory = await folderThatKnowsFrance(t);
  const {environment} = await withFakeEngine(t, {says: 'Tokyo.'});
  const run = (fault: string, ...questions: readonly string[]) =>
    retake(t, ['run', '--update', '--fault', fault, ...asking(...questions)], {directory, environment});
  const partly = await run('rate-limit:0,times=1', france, japan);
  t.is(partly.exitCode, 0);
  t.regex(partly.stderr, /update: removed 0 unused takes\n/);
  t.is((await interactionsIn(join(directory, 'a.cassette'))).length, 2);
  const onlyFaults = await run('overloaded', france);
  t.regex(onlyFaults.stderr, /update: removed 1 unused take\n/);
  const left = await interactionsIn(join(directory, 'a.cassette'));
  t.deepEqual(
    left.map(({takes}) => textOf(takes[0])),
    ['It is Paris.'],
  );
});

test('rules of the configuration say which requests get a fault', async t => {
  const directory = await folderThatKnowsFrance(t);
  const faults = [{match: {text: 'Japan'}, fault: 'server-error'}];
  await writeFile(join(directory, 'retake.config.json'), JSON.stringify({cassette: 'a.cassette', faults}));
  const result = await retake(t, ['run', '--mode', 'replay', ...asking(japan, france)], {directory});
  t.is(result.exitCode, 0);
  t.is(result.stdout, 'sorry\nIt is Paris.\n');
});

test('a fault that does not exist is an error before the command starts', async t => {
  const directory = await folderThatKnowsFrance(t);
  const result = await retake(t, ['run', '--fault', 'flood', ...asking(france)], {directory});
  t.is(result.exitCode, 2);
  t.is(result.stdout, '');
  t.regex(result.stderr, /Expected `fault` \(--fault\) to be one of rate-limit, overloaded, /);
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
    recordedErrors: 0,
    notRecorded: 0,
    givenUp: 0,
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

const asksForJson = `const {OPENAI_BASE_URL: url} = process.env;
const ask = body => fetch(url + '/chat/completions', {method: 'POST', body: JSON.stringify(body)});
const body = {model: 'm', messages: [{role: 'user', content: 'hi'}], response_format: {type: 'json_object'}};
await ask(body); await ask(body);`;

test('what the real API would refuse is reported once, under GitHub Actions as an annotation', async t => {
  const directory = await temporaryFolder(t);
  const {url} = await scriptedUpstream(t, answering(['{}']));
  const words = ['run', '--mode', 'auto', '--upstream', url, '--', ...node(asksForJson)];
  const environment = {GITHUB_ACTIONS: 'true'};
  const {exitCode, stderr} = await retake(t, words, {directory, environment});
  t.is(exitCode, 0);
  t.regex(
    stderr,
    /^::warning title=retake%3A refused by the real API::'messages' must contain the word 'json'/m,
  );
  t.is(stderr.match(/must contain the word/g)?.length, 1);
  const plain = await retake(t, words, {directory});
  t.regex(
    plain.stderr,
    /^retake: the real API refuses a request: 'messages' must contain .*--strict-api error/m,
  );
});

test('outside GitHub Actions there are no annotations', async t => {
  const directory = await folderThatKnowsFrance(t);
  const {stderr} = await retake(t, ['run', '--mode', 'replay', ...asking(japan)], {directory});
  t.notRegex(stderr, /^::/m);
});

/** An application that reads the beginning of a streamed answer and exits. */
const breakingOff = `
const response = await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {
  method: 'POST',
  body: JSON.stringify({model: 'm', stream: true, messages: [{role: 'user', content: 'hi'}]}),
});
await response.body.getReader().read();
process.exit(0);`;

test('an answer that the command did not wait for is finished and recorded', async t => {
  const upstream = await scriptedUpstream(t, answering(['Well, ', 'this ', 'takes ', 'time.'], {pause: 200}));
  const words = ['run', '--mode', 'auto', '--cassette', 'a.cassette', '--upstream', upstream.url];
  const {exitCode, stderr, directory} = await retake(t, [...words, '--', ...node(breakingOff)]);
  t.regex(stderr, /^retake: 1 request: 0 replayed, 1 recorded$/m);
  t.is(exitCode, 0);
  const [interaction] = await interactionsIn(join(directory, 'a.cassette'));
  t.deepEqual(interaction?.takes.map(textOf), ['Well, this takes time.']);
});

test('an answer that is given up makes the exit code 3, and the verdict names it', async t => {
  const upstream = await scriptedUpstream(t, hanging(['Well, ']));
  const words = ['run', '--mode', 'auto', '--quiet', '--finish-timeout', '200', '--report', 'verdict.json'];
  const command = [...words, '--upstream', upstream.url, '--', ...node(breakingOff)];
  const {exitCode, stderr, directory} = await retake(t, command);
  t.is(exitCode, 3);
  t.regex(stderr, /^retake: 1 request: 0 replayed, 1 given up by the client, not recorded\n/);
  t.regex(stderr, /the model did not finish within --finish-timeout/);
  t.like(JSON.parse(await readFile(join(directory, 'verdict.json'), 'utf8')), {givenUp: 1, exitCode: 3});
});

/** Sends its question, prints the answer, and exits with the code in its arguments. */
function askThenExit(question: string, code: number): readonly string[] {
  return ['--', ...node(`${application}\nprocess.exit(${code});`, question)];
}

test('`--discard-on-failure` stores nothing of a command that fails, and keeps what others recorded', async t => {
  const upstream = await scriptedUpstream(t, answering(['Tokyo.']));
  const directory = await folderThatKnowsFrance(t);
  const file = join(directory, 'a.cassette');
  const before = await readFile(file);
  const words = ['run', '--mode', 'auto', '--discard-on-failure', '--upstream', upstream.url];
  const failed = await retake(t, [...words, ...askThenExit(japan, 7)], {directory});
  t.is(failed.exitCode, 7);
  t.is(failed.stdout, 'Tokyo.\n');
  t.regex(failed.stderr, /^retake: the recordings of this run were discarded, because the command failed/m);
  t.true((await readFile(file)).equals(before));
  const replayed = await retake(t, ['run', '--mode', 'replay', ...asking(japan)], {directory});
  t.is(replayed.exitCode, 3, 'and nothing comes back later');
  t.true((await readFile(file)).equals(before));

  // Another process records while the command that will fail is running.
  const other = 'Another question';
  const script = `
import {execFileSync} from 'node:child_process';
execFileSync(process.execPath, ${JSON.stringify([retakeProgram, 'run', '--mode', 'auto', '--upstream', upstream.url, ...asking(other)])}, {stdio: 'ignore', env: {PATH: process.env.PATH, HOME: ${JSON.stringify(directory)}}});
process.exit(1);`;
  const both = await retake(t, [...words, '--', ...node(`${application}\n${script}`, japan)], {directory});
  t.is(both.exitCode, 1, both.stderr);
  const stored = (await interactionsIn(file)).map(({view}) => JSON.stringify(view));
  t.is(stored.length, 2);
  t.true(stored.some(view => view.includes(other)));
  t.false(stored.some(view => view.includes('Japan')));
});

test('`--discard-on-failure` stores the recordings of a command that succeeds', async t => {
  const upstream = await scriptedUpstream(t, answering(['Tokyo.']));
  const directory = await folderThatKnowsFrance(t);
  const words = ['run', '--mode', 'auto', '--discard-on-failure', '--upstream', upstream.url];
  const {exitCode} = await retake(t, [...words, ...askThenExit(japan, 0)], {directory});
  t.is(exitCode, 0);
  t.is((await interactionsIn(join(directory, 'a.cassette'))).length, 2);
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

test('--update records what is missing, and removes what a whole run that succeeded did not use', async t => {
  const directory = await folderThatKnowsFrance(t);
  const {environment} = await withFakeEngine(t, {says: 'Tokyo.'});
  const run = (...words: readonly string[]) => retake(t, ['run', ...words], {directory, environment});
  const answers = async () => {
    const found = await interactionsIn(join(directory, 'a.cassette'));
    return found.map(({takes}) => textOf(takes[0])).sort();
  };
  const failing = await run('--update', '--', ...node(`${application}\nprocess.exit(7);`, japan));
  t.regex(failing.stderr, /unused takes were not removed: the command failed with 7\n/);
  t.deepEqual(await answers(), ['It is Paris.', 'Tokyo.']);
  const filtered = await run('--update', ...asking(japan), '--grep', japan);
  t.regex(filtered.stderr, /unused takes were not removed: `--grep` selects a part of the tests\n/);
  t.deepEqual(await answers(), ['It is Paris.', 'Tokyo.', 'Tokyo.']);
  const whole = await run('--update', '--report', 'run.json', ...asking(japan));
  t.is(whole.exitCode, 0);
  t.regex(whole.stderr, /update: removed 2 unused takes\n/);
  t.deepEqual(await answers(), ['Tokyo.']);
  const report: unknown = JSON.parse(await readFile(join(directory, 'run.json'), 'utf8'));
  t.like(report, {update: {removed: 2}});
});

test('--update is refused in a mode that records nothing', async t => {
  const directory = await folderThatKnowsFrance(t);
  const {exitCode, stderr} = await retake(t, ['run', '--update', '--mode', 'replay', ...asking(france)], {
    directory,
  });
  t.is(exitCode, 2);
  t.regex(stderr, /--update records what is missing, and the mode is replay\n.*--mode auto/);
});

test('--unused fail makes unused takes an error', async t => {
  const directory = await folderThatKnowsFrance(t);
  await writeCassette(join(directory, 'a.cassette'), [recordingOf(japan, 'Tokyo.')]);
  const run = (...words: readonly string[]) =>
    retake(t, ['run', '--mode', 'replay', ...words, ...asking(france)], {directory});
  t.is((await run()).exitCode, 0);
  t.is((await run('--unused', 'warn')).exitCode, 0);
  const {exitCode, stderr} = await run('--unused', 'fail', '--quiet');
  t.is(exitCode, 3);
  t.regex(stderr, /take 1: What is the capital of Japan\?/);
});

test('--fail-on-repeat fails if a request is sent more often than it was recorded', async t => {
  const directory = await folderThatKnowsFrance(t);
  const run = (...questions: readonly string[]) =>
    retake(t, ['run', '--mode', 'replay', '--fail-on-repeat', ...asking(...questions)], {directory});
  t.is((await run(france)).exitCode, 0);
  const {exitCode, stderr} = await run(france, france, france);
  t.is(exitCode, 3);
  t.regex(stderr, /1 take, 2 more requests: What is the capital of France\?\n/);
});

test('a run without requests prints the addresses that it set, and fails with `--require-questions`', async t => {
  const directory = await folderThatKnowsFrance(t);
  const silent = ['--', ...node('')];
  const run = await retake(t, ['run', '--mode', 'replay', ...silent], {directory});
  t.is(run.exitCode, 0);
  t.regex(
    run.stderr,
    /^retake: no requests\nNo request of the command needed an answer of a model: none reached retake,/,
  );
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
