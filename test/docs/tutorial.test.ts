import {readFileSync} from 'node:fs';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {delimiter, dirname, join, resolve} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {parse} from 'yaml';
import {isContinuousIntegration} from '../../src/config/continuous-integration.js';
import {cacheFolder} from '../../src/files/cache-folder.js';
import {noModel} from '../kits/real-model.js';
import {areInstalled} from '../sdk/contract/run-program.js';
import {apiToken, type GithubApi, githubApi} from '../support/github-api.js';
import {goEnvironment} from '../support/go-environment.js';
import {compileCache} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';
import {builtPackages} from './tutorial/built-packages.js';
import {packageRegistry} from './tutorial/package-registry.js';
import {blocksFor} from './tutorial/page.js';
import {type Environment, type Reader, readerIn} from './tutorial/reader.js';

const page = readFileSync('docs/tutorial.md', 'utf8');

/** For each tab, the SDKs that it needs, installed by `npm run test:sdk`. Python builds the wheel. */
const tabs = {JavaScript: ['python'], Python: ['python'], Go: ['python', 'go']} as const;

for (const [tab, languages] of Object.entries(tabs)) {
  const missing = languages.find(language => !areInstalled(language));
  const title = `${tab}: every command of the tutorial prints what the page shows`;
  if (missing === undefined) test.serial(title, followPage, tab);
  else if (isContinuousIntegration(process.env)) test(title, t => t.fail(`install the ${missing} SDKs`));
  else test.skip(title, t => t.pass());
}

async function followPage(t: ExecutionContext, tab: string): Promise<void> {
  t.timeout(900_000, 'packages are installed, and a model answers');
  const home = await temporaryFolder(t);
  const environment = await environmentIn(t, home);
  const reader = await readerIn(t, home, environment);
  const api = await githubApi(t);
  let printed = '';
  let steps = 0;
  for (const block of blocksFor(tab, page)) {
    if (block.kind === 'file') await reader.save(block);
    if (block.kind === 'diff') await reader.apply(block);
    if (block.kind === 'output') compare(t, normalize(printed, home), normalize(block.text, home));
    if (block.kind !== 'commands') continue;
    const records = /-update|--update|RETAKE_MODE=auto/.test(block.text);
    const {exitCode, output} = await reader.run(block.text, records ? recording : noModel);
    t.is(exitCode !== 0, block.fails, `${block.text}\n${output}`);
    printed = output;
    const pushed = /git push .*origin (\S+)/.exec(block.text)?.[1];
    if (pushed === undefined) continue;
    steps += await runWorkflow(t, {
      reader,
      home,
      branch: pushed,
      api,
      environment: asOnRunner(await reader.folder(), environment),
    });
    if (pushed === 'main') t.is(api.comments.size, 0);
  }
  t.true(steps >= 6);
  const [comment] = api.comments.get(1) ?? [];
  for (const part of ['Name the capital of France.', '- The capital of France is Paris.', '+ Paris.'])
    t.true(comment?.body.includes(part), `the comment has ${part}: ${comment?.body}`);
}

/** One thread, because other tests run at the same time. */
const recording: Environment = {RETAKE_CACHE_DIR: cacheFolder(process.env), LK_THREADS: '1'};

/** The runner has the Python of the reader, so that nothing is installed twice: the step that installs finds what it needs. */
function asOnRunner(project: string, environment: Environment): Environment {
  return {...environment, PATH: `${join(project, '.venv/bin')}${delimiter}${environment['PATH'] ?? ''}`};
}

/** What honestly varies: the folder, times, commits, and versions of other programs. */
function normalize(text: string, home: string): string {
  return text
    .replaceAll(home, '/home/ann')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<date>')
    .replaceAll(/\b\d+(?:\.\d+)?(?:ms|s)\b/g, '<time>')
    .replaceAll(/\([0-9a-f]{10}\)/g, '(<commit>)')
    .replaceAll(/duration_ms [\d.]+/g, 'duration_ms <time>')
    .replaceAll(/Python [\d.]+, pytest-[\d.]+/g, '<versions>')
    .replaceAll(/xllamacpp [\d.]+/g, '<engine>')
    .replaceAll(/={4,}/g, '====')
    .replaceAll(/[ \t]+$/gm, '')
    .trim();
}

/** A line `…` of the page stands for any lines. */
function compare(t: ExecutionContext, printed: string, shown: string): void {
  const parts = shown.split(/^…$/m);
  let rest = printed;
  for (const part of parts) {
    const wanted = part.trim();
    const start = rest.indexOf(wanted);
    t.true(start >= 0, `not printed:\n${wanted}\n--- printed:\n${rest}`);
    if (start > 0) t.not(part, parts[0], `printed before:\n${rest.slice(0, start)}`);
    rest = rest.slice(start + wanted.length);
  }
  if (parts.at(-1) !== '') t.is(rest.trim(), '', 'printed after what is shown');
}

/** A machine with an empty home folder and an empty GitHub. Packages come from what was built here, and from the caches of this machine. */
async function environmentIn(t: ExecutionContext, home: string): Promise<Environment> {
  const packages = await builtPackages();
  const registry = await packageRegistry(t, packages, await registriesOfMachine());
  const github = join(home, '.github');
  await execa('git', ['init', '--bare', '--quiet', '--initial-branch', 'main', join(github, 'capitals.git')]);
  const gitconfig = join(home, '.gitconfig');
  const identity = '[user]\n\tname = Ann\n\temail = ann@example.com\n';
  await writeFile(gitconfig, `${identity}[url "${github}/"]\n\tinsteadOf = https://github.com/you/\n`);
  const constraints = join(home, '.constraints.txt');
  const pinned = await readFile('test/sdk/python/requirements.txt', 'utf8');
  await writeFile(constraints, pinned.match(/^[\w.-]+==[^\s;]+/gm)?.join('\n') ?? '');
  return {
    PATH: [join(home, '.npm-global/bin'), dirname(process.execPath), process.env['PATH'] ?? ''].join(
      delimiter,
    ),
    HOME: home,
    NODE_COMPILE_CACHE: compileCache,
    LANG: 'C.UTF-8',
    npm_config_registry: registry.npm,
    npm_config_cache: join(homedir(), '.npm'),
    npm_config_prefix: join(home, '.npm-global'),
    npm_config_prefer_offline: 'true',
    npm_config_update_notifier: 'false',
    PIP_INDEX_URL: registry.pip,
    PIP_CACHE_DIR: join(homedir(), '.cache/pip'),
    PIP_CONSTRAINT: constraints,
    PIP_NO_COMPILE: '1',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    GOPROXY: `file://${goEnvironment.GOMODCACHE}/cache/download,https://proxy.golang.org`,
    GOSUMDB: 'off',
    ...goEnvironment,
    // What a terminal shows; Node 22 prints TAP elsewhere.
    NODE_OPTIONS: '--test-reporter=spec',
    ...certificates(),
  };
}

/** Where this machine has its certificates, if it says so. */
function certificates(): Environment {
  const names = [
    'SSL_CERT_FILE',
    'NODE_EXTRA_CA_CERTS',
    'PIP_CERT',
    'npm_config_cafile',
    'HTTPS_PROXY',
    'https_proxy',
    'NO_PROXY',
  ];
  return Object.fromEntries(
    names.flatMap(name => (process.env[name] ? [[name, process.env[name] ?? '']] : [])),
  );
}

async function registriesOfMachine(): Promise<{npm: string; pip: string}> {
  const npm = (await execa('npm', ['config', 'get', 'registry'])).stdout.trim();
  const python = resolve('.cache/sdk/python/bin/python');
  const pip = await execa(python, ['-m', 'pip', 'config', 'get', 'global.index-url'], {reject: false});
  const index =
    process.env['PIP_INDEX_URL'] ?? (pip.exitCode === 0 ? pip.stdout.trim() : 'https://pypi.org/simple');
  return {npm: npm.replace(/\/$/, ''), pip: index.replace(/\/$/, '')};
}

type Push = {
  readonly reader: Reader;
  readonly home: string;
  readonly branch: string;
  readonly api: GithubApi;
  readonly environment: Environment;
};

/** Runs the steps of the workflow in a fresh clone of what was pushed, as the runner of GitHub does. Returns how many it ran. */
async function runWorkflow(
  t: ExecutionContext,
  {reader, home, branch, api, environment: base}: Push,
): Promise<number> {
  const project = await reader.folder();
  const clone = join(home, `clone-of-${branch}`);
  const runner = `${clone}-runner`;
  await mkdir(runner);
  await execa('git', ['clone', '--quiet', '--branch', branch, join(home, '.github/capitals.git'), clone]);
  const commit = async (ref: string) => (await execa('git', ['rev-parse', ref], {cwd: project})).stdout;
  const isPullRequest = branch !== 'main';
  await writeFile(
    join(runner, 'event.json'),
    JSON.stringify({
      ...(isPullRequest
        ? {
            pull_request: {
              number: 1,
              title: 'Ask for the city alone',
              base: {ref: 'main', sha: await commit('origin/main')},
              head: {ref: branch, sha: await commit(branch)},
            },
          }
        : {before: '0'.repeat(40), after: await commit('main')}),
      repository: {name: 'shop', full_name: 'ann/shop', owner: {login: 'ann'}, default_branch: 'main'},
    }),
  );
  const environment: Environment = {
    ...noModel,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_API_URL: api.url,
    GITHUB_EVENT_NAME: isPullRequest ? 'pull_request' : 'push',
    GITHUB_EVENT_PATH: join(runner, 'event.json'),
    GITHUB_OUTPUT: join(runner, 'outputs'),
    GITHUB_REPOSITORY: 'ann/shop',
    GITHUB_STEP_SUMMARY: join(runner, 'summary.md'),
    GITHUB_WORKSPACE: clone,
  };
  const workflow = parse(await readFile(join(clone, '.github/workflows/test.yml'), 'utf8')) as Workflow;
  const steps = workflow.jobs.test.steps.filter(({run}) => run !== undefined);
  const active = steps.filter(step => isPullRequest || !step.if?.includes('pull_request'));
  const job = await readerIn(t, runner, base);
  await job.run(`cd '${clone}'`);
  for (const {run = '', env = {}} of active) {
    const token: Environment = 'GITHUB_TOKEN' in env ? {GITHUB_TOKEN: apiToken} : {};
    const {exitCode, output} = await job.run(run, {...environment, ...token});
    t.is(exitCode, 0, `${branch}: ${run}\n${output}`);
  }
  return active.length;
}

type Workflow = {
  readonly jobs: {
    readonly test: {readonly steps: readonly {run?: string; if?: string; env?: Environment}[]};
  };
};
