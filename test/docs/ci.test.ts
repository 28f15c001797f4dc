import {readFileSync} from 'node:fs';
import {cp, mkdir, readFile, symlink, writeFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {delimiter, dirname, join, resolve} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {parse} from 'yaml';
import {writeCassette} from '../support/cassette-files.js';
import {gitRepository} from '../support/git-repository.js';
import {recordingOf} from '../support/recordings.js';
import {temporaryFolder} from '../support/temporary-folder.js';

type Environment = Readonly<Record<string, string>>;

/** The blocks of a page in a language, in order. */
function blocksOf(page: string, language: string): readonly string[] {
  const text = readFileSync(`docs/ci/${page}.md`, 'utf8');
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, block = '']) => block,
  );
}

/** A clone of a branch that adds a recording, as a job has it: retake is installed, and the tests send requests that are recorded. */
async function cloneOfBranch(t: ExecutionContext): Promise<{folder: string; base: string}> {
  const {directory, git, commit} = await gitRepository(t);
  await mkdir(join(directory, 'cassettes'));
  await cp('cassettes/demo.cassette', join(directory, 'cassettes/demo.cassette'));
  await cp('examples/javascript/capitals.mjs', join(directory, 'capitals.mjs'));
  await writeFile(join(directory, 'package.json'), '{"scripts": {"test": "node capitals.mjs"}}');
  await writeFile(join(directory, 'retake.config.json'), '{"cassette": "cassettes/demo.cassette"}');
  await writeFile(join(directory, '.gitignore'), 'node_modules\n');
  const base = await commit('Ask for capitals');
  await git('switch', '--quiet', '--create', 'topic');
  await writeCassette(join(directory, 'cassettes/more.cassette'), [
    recordingOf('A new question?', 'A new answer.'),
  ]);
  await commit('Ask more');
  const folder = join(await temporaryFolder(t), 'clone');
  await execa('git', ['clone', '--quiet', '--branch', 'topic', directory, folder]);
  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, '.bin'), {recursive: true});
  await mkdir(join(modules, '@google'));
  await symlink(resolve('dist/bin/retake.js'), join(modules, '.bin/retake'));
  for (const name of ['openai', '@google/genai'])
    await symlink(resolve('node_modules', name), join(modules, name));
  return {folder, base};
}

/** Runs the shell commands of a job, except the installation. Returns what they print. */
async function runSteps(
  t: ExecutionContext,
  folder: string,
  {steps, environment}: {readonly steps: readonly string[]; readonly environment: Environment},
): Promise<string> {
  t.timeout(300_000, 'other tests run at the same time');
  let printed = '';
  for (const step of steps.filter(text => !text.startsWith('npm ci'))) {
    const {exitCode, all} = await execa('bash', ['-e', '-c', step], {
      cwd: folder,
      extendEnv: false,
      env: {
        PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
        HOME: folder,
        RETAKE_CACHE_DIR: '/nowhere',
        npm_config_offline: 'true',
        ...environment,
      },
      reject: false,
      all: true,
    });
    t.is(exitCode, 0, `${step}\n${all}`);
    printed += `${all}\n`;
  }
  return printed;
}

async function checkReview(t: ExecutionContext, folder: string, printed: string): Promise<void> {
  t.regex(printed, /2 requests: 2 replayed/);
  t.like(JSON.parse(await readFile(join(folder, 'verdict.json'), 'utf8')), {played: 2, missed: 0});
  t.regex(await readFile(join(folder, 'review.md'), 'utf8'), /1 change.*A new question\?/s);
  t.regex(await readFile(join(folder, 'review.html'), 'utf8'), /A new answer\./);
}

test('the jobs of docs/ci/gitlab.md replay, report and add a note', async t => {
  const {folder, base} = await cloneOfBranch(t);
  const notes: {path: string | undefined; body: string}[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    notes.push({path: request.url, body});
    response.end('{}');
  });
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
  t.teardown(() => server.close());
  const jobs = blocksOf('gitlab', 'yaml').flatMap(block =>
    Object.values(parse(block) as Record<string, Job>),
  );
  t.is(jobs.length, 2);
  const steps = jobs.flatMap(({script, after_script: after = []}) => [...script, ...after]);
  const environment: Environment = {
    CI: 'true',
    GITLAB_CI: 'true',
    CI_API_V4_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v4`,
    CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
    CI_MERGE_REQUEST_IID: '3',
    CI_PROJECT_ID: '7',
    REVIEW_TOKEN: 'token',
  };
  await checkReview(t, folder, await runSteps(t, folder, {steps, environment}));
  t.deepEqual(
    notes.map(({path}) => path),
    ['/api/v4/projects/7/merge_requests/3/notes'],
  );
  t.regex(decodeURIComponent(notes[0]?.body.replaceAll('+', ' ') ?? ''), /^body=.*A new question\?/s);
});

type Job = {readonly script: readonly string[]; readonly after_script?: readonly string[]};

test('the stages of docs/ci/jenkins.md replay and report', async t => {
  const {folder} = await cloneOfBranch(t);
  const steps = blocksOf('jenkins', 'groovy').flatMap(block =>
    [...block.matchAll(/\bsh '([^']*)'/g)].map(([, command = '']) => command),
  );
  t.is(steps.length, 4);
  const environment: Environment = {
    JENKINS_URL: 'http://jenkins.example/',
    BUILD_ID: '1',
    CHANGE_TARGET: 'main',
  };
  await checkReview(t, folder, await runSteps(t, folder, {steps, environment}));
});

test('the steps of docs/ci/azure.md replay and report', async t => {
  const {folder} = await cloneOfBranch(t);
  const [block = ''] = blocksOf('azure', 'yaml');
  const {steps} = parse(block) as {steps: readonly {script?: string}[]};
  const scripts = steps.flatMap(({script}) => script ?? []);
  t.is(scripts.length, 4);
  const environment: Environment = {TF_BUILD: 'True', SYSTEM_PULLREQUEST_TARGETBRANCHNAME: 'main'};
  const printed = await runSteps(t, folder, {steps: scripts, environment});
  await checkReview(t, folder, printed);
  t.regex(printed, /##vso\[task\.uploadsummary\].*review\.md\n##vso\[artifact\.upload .*review\.html/);
});
