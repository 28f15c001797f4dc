import {cp, mkdir, readdir, readFile, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {untilMatch, withFakeEngine} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

test('`npm start` keeps recordings, leaves the clone unchanged, and the tests after it pass', async t => {
  const clone = await cloneOfProject(t);
  const {environment} = await withFakeEngine(t, {says: 'Oslo.'});
  const demo = await readFile(join(clone, 'cassettes/demo.cassette'));

  const first = await start(t, clone, environment);
  t.deepEqual(await ask(first.address, 'What is the capital of France?'), [
    'hit',
    'The capital of France is Paris.',
  ]);
  t.deepEqual(await ask(first.address, 'What is the capital of Norway?'), ['recorded', 'Oslo.']);
  await first.stop();
  t.is((await git(clone, 'status', '--porcelain')).stdout, '');
  t.deepEqual(await readFile(join(clone, 'cassettes/demo.cassette')), demo);
  await assertReadmeExamples(t, clone);

  const second = await start(t, clone, environment);
  t.deepEqual(await ask(second.address, 'What is the capital of Norway?'), ['hit', 'Oslo.']);
  await second.stop();
});

test('after an update of the demo, its new recordings and the user’s own are both served', async t => {
  const clone = await cloneOfProject(t);
  const {environment} = await withFakeEngine(t, {says: 'Oslo.'});
  const first = await start(t, clone, environment);
  await ask(first.address, 'What is the capital of Norway?');
  await first.stop();

  const {environment: another} = await withFakeEngine(t, {says: 'Stockholm.'});
  const words = ['--cassette', 'cassettes/demo.cassette'];
  const update = await start(t, clone, another, words);
  t.deepEqual(await ask(update.address, 'What is the capital of Sweden?'), ['recorded', 'Stockholm.']);
  await update.stop();
  t.not(
    (await git(clone, 'status', '--porcelain')).stdout,
    '',
    'a cassette that is named is the one that is written',
  );

  const second = await start(t, clone, environment);
  t.deepEqual(await ask(second.address, 'What is the capital of Norway?'), ['hit', 'Oslo.']);
  t.deepEqual(await ask(second.address, 'What is the capital of Sweden?'), ['hit', 'Stockholm.']);
  await second.stop();
});

/** A clone in which packages are installed and the build is done. */
async function cloneOfProject(t: ExecutionContext): Promise<string> {
  const clone = await temporaryFolder(t);
  const names = ['cassettes/demo.cassette', 'scripts', 'examples', 'README.md', '.gitignore', '.npmrc'];
  for (const name of [...names, 'package.json', 'package-lock.json', 'tsconfig.json'])
    await cp(join(root, name), join(clone, name), {recursive: true});
  await git(clone, 'init', '--quiet');
  await git(clone, 'add', '--all');
  await git(clone, '-c', 'user.name=T', '-c', 'user.email=t@example.com', 'commit', '--quiet', '-m', 'All');
  await linkPackages(clone);
  await mkdir(join(clone, 'dist'));
  await symlink(join(root, 'dist', 'bin'), join(clone, 'dist', 'bin'));
  const setUp = await import(pathToFileURL(join(clone, 'scripts', 'set-up.mjs')).href);
  await writeFile(join(clone, 'dist', '.built'), setUp.digestOfSources());
  return clone;
}

/** Packages that count as installed. Each is a link, so that an installation could only remove links. */
async function linkPackages(clone: string): Promise<void> {
  const [from, to] = [join(root, 'node_modules'), join(clone, 'node_modules')];
  await mkdir(to);
  for (const name of await readdir(from))
    if (!name.startsWith('.')) await symlink(join(from, name), join(to, name));
  await cp(join(root, 'package-lock.json'), join(to, '.package-lock.json'));
}

function git(folder: string, ...words: readonly string[]) {
  return execa('git', words, {cwd: folder});
}

async function start(
  t: ExecutionContext,
  clone: string,
  environment: Readonly<Record<string, string>>,
  words: readonly string[] = [],
) {
  const child = execa(process.execPath, ['scripts/start.mjs', '--port', '0', ...words], {
    cwd: clone,
    extendEnv: false,
    env: {PATH: process.env['PATH'] ?? '', HOME: await temporaryFolder(t), ...environment},
    reject: false,
  });
  t.teardown(() => child.kill('SIGKILL'));
  let [output, errors] = ['', ''];
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString();
  });
  child.stderr.on('data', (data: Buffer) => {
    errors += data.toString();
  });
  const address = await untilMatch(
    {child, errors: () => errors} as never,
    () => output,
    /listens on (http:\S+)/,
  );
  const stop = async () => {
    child.kill('SIGTERM');
    await child;
  };
  return {address, stop};
}

async function ask(address: string, question: string): Promise<readonly [string | null, string]> {
  const response = await fetch(`${address}/v1/chat/completions`, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify({model: 'gpt-4o', temperature: 0, messages: [{role: 'user', content: question}]}),
  });
  const {choices} = (await response.json()) as {choices: {message: {content: string}}[]};
  return [response.headers.get('x-retake'), choices[0]?.message.content.trim() ?? ''];
}

/** As `npm test` does: the examples of the README print what it says, counts of takes included. */
async function assertReadmeExamples(t: ExecutionContext, clone: string): Promise<void> {
  const readme = await readFile(join(clone, 'README.md'), 'utf8');
  const examples = [...readme.matchAll(/```\n\$ npx retake (run .*)\n([\s\S]*?)```/g)];
  t.is(examples.length, 2);
  for (const [, command = '', output = ''] of examples) {
    const words = ['dist/bin/retake.js', ...command.split(' ')];
    const run = await execa(process.execPath, words, {cwd: clone, env: {NO_COLOR: '1'}});
    const [verdict] = run.stderr.split('\n');
    t.is(`${run.stdout}\n${verdict}\n`, output);
  }
}
