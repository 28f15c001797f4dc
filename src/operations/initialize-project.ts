import {existsSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {isJsonObject} from '../chat/json.js';
import {RetakeError} from '../errors.js';
import {makeFolder} from '../files/make-folder.js';
import {writeTextAtomically} from '../files/write-atomically.js';
import {addAttributesLine} from '../git/attributes-file.js';

/** What a project has that setting it up depends on. */
export type ProjectFindings = {
  /** The command that runs its tests, and what it was found by: `npm test`, `package.json`. */
  readonly tests: {readonly command: string; readonly foundIn: string} | undefined;
  readonly hasGithub: boolean;
  readonly packageManager: keyof typeof packageManagers | undefined;
};

export type InitializeOptions = {
  readonly directory: string;
  /** The folder of the cassettes. */
  readonly cassette: string;
  /** The command that runs the tests; undefined to set up none. */
  readonly testCommand: string | undefined;
  readonly writesWorkflow: boolean;
};

/** One file: `kept` if it exists and has what is needed, or is the user's own. */
export type InitializedFile = {
  readonly path: string;
  readonly action: 'created' | 'changed' | 'kept';
  /** What it is for, or what was added to it. */
  readonly purpose: string;
};

const packageManagers = {
  npm: {lock: 'package-lock.json', install: 'npm ci', exec: 'npx', run: 'npm run'},
  pnpm: {
    lock: 'pnpm-lock.yaml',
    install: 'corepack enable && pnpm install --frozen-lockfile',
    exec: 'pnpm exec',
    run: 'pnpm run',
  },
  yarn: {lock: 'yarn.lock', install: 'corepack enable && yarn install', exec: 'yarn run', run: 'yarn run'},
  bun: {lock: 'bun.lock', install: 'npx bun install --frozen-lockfile', exec: 'npx', run: 'npm run'},
} as const;

/** The script that runs the tests with retake. */
const scriptName = 'test:retake';
const workflowPath = '.github/workflows/retake.yml';

/** Looks for the tests, GitHub and the package manager of a project. Changes nothing. */
export function examineProject(directory: string): ProjectFindings {
  const has = (name: string) => existsSync(join(directory, name));
  const lock = Object.entries(packageManagers).find(([, manager]) => has(manager.lock));
  const manager = has('package.json') ? (lock?.[0] ?? 'npm') : undefined;
  return {
    tests: findTests(directory),
    hasGithub: has('.github') || /github\.com/.test(textAt(join(directory, '.git', 'config'))),
    packageManager: manager as keyof typeof packageManagers | undefined,
  };
}

/**
 * Writes what a project needs to record and replay. A file of the user is added to, never replaced; a second call changes nothing.
 * @throws RetakeError `invalid_setting` if package.json cannot be read
 */
export async function initializeProject(options: InitializeOptions): Promise<readonly InitializedFile[]> {
  const {directory, testCommand, writesWorkflow} = options;
  const {packageManager} = examineProject(directory);
  const files = [await writeConfiguration(options), await writeAttributes(directory)];
  if (testCommand !== undefined && packageManager !== undefined)
    files.push(await addScript(directory, testCommand));
  if (writesWorkflow) files.push(await writeWorkflow(directory, {testCommand, packageManager}));
  return files;
}

/** How the tests are run with retake: `npm run test:retake`, or `npx retake run -- pytest`. */
export function testsWithRetake(
  testCommand: string | undefined,
  packageManager: ProjectFindings['packageManager'],
): string {
  if (packageManager !== undefined && testCommand !== undefined)
    return `${packageManagers[packageManager].run} ${scriptName}`;
  return `npx retake run -- ${testCommand ?? 'COMMAND'}`;
}

function findTests(directory: string): ProjectFindings['tests'] {
  const has = (name: string) => existsSync(join(directory, name));
  if (has('package.json')) {
    const {scripts, dependencies} = readPackage(directory);
    const script = scripts['test'];
    // npm's own placeholder fails on purpose.
    if (script !== undefined && !/no test specified/.test(script))
      return {command: 'npm test', foundIn: 'package.json'};
    const runner = Object.entries(runners).find(([name]) => dependencies.has(name));
    if (runner) return {command: runner[1], foundIn: 'package.json'};
  }
  const python = ['pytest.ini', 'conftest.py', 'tests/conftest.py'].find(has);
  if (python !== undefined) return {command: 'pytest', foundIn: python};
  if (/pytest/.test(textAt(join(directory, 'pyproject.toml'))))
    return {command: 'pytest', foundIn: 'pyproject.toml'};
  if (has('go.mod')) return {command: 'go test ./...', foundIn: 'go.mod'};
  if (has('pom.xml')) return {command: 'mvn test', foundIn: 'pom.xml'};
  return undefined;
}

/** Test frameworks by the package that brings them. */
const runners: Readonly<Record<string, string>> = {
  vitest: 'vitest run',
  jest: 'jest',
  ava: 'ava',
  mocha: 'mocha',
  '@playwright/test': 'playwright test',
};

async function writeConfiguration({directory, cassette}: InitializeOptions): Promise<InitializedFile> {
  const path = 'retake.config.json';
  const purpose = 'the settings';
  if (existsSync(join(directory, path))) return {path, action: 'kept', purpose};
  const settings = {$schema: './node_modules/retake/retake.config.schema.json', cassette};
  await writeTextAtomically(join(directory, path), `${JSON.stringify(settings, null, 2)}\n`);
  return {path, action: 'created', purpose};
}

async function writeAttributes(directory: string): Promise<InitializedFile> {
  const path = '.gitattributes';
  const purpose = 'git shows and merges cassettes with retake';
  const existed = existsSync(join(directory, path));
  const isNew = await addAttributesLine(join(directory, path));
  return {path, action: !isNew ? 'kept' : existed ? 'changed' : 'created', purpose};
}

async function addScript(directory: string, testCommand: string): Promise<InitializedFile> {
  const path = 'package.json';
  const {text, scripts} = readPackage(directory);
  const purpose = `the script \`${scriptName}\` runs the tests with retake`;
  if (scripts[scriptName] !== undefined) return {path, action: 'kept', purpose};
  const content = JSON.parse(text) as Record<string, unknown>;
  const added = {...content, scripts: {...scripts, [scriptName]: `retake run -- ${testCommand}`}};
  const indent = /^([ \t]+)"/m.exec(text)?.[1] ?? 2;
  const end = text.endsWith('\n') ? '\n' : '';
  await writeTextAtomically(join(directory, path), JSON.stringify(added, null, indent) + end);
  return {path, action: 'changed', purpose};
}

async function writeWorkflow(
  directory: string,
  {
    testCommand,
    packageManager,
  }: Pick<InitializeOptions, 'testCommand'> & Pick<ProjectFindings, 'packageManager'>,
): Promise<InitializedFile> {
  const purpose = 'CI replays the cassettes; a request without a recording fails';
  const path = join(directory, workflowPath);
  if (existsSync(path)) return {path: workflowPath, action: 'kept', purpose};
  const install = packageManager ? [`      - run: ${packageManagers[packageManager].install}\n`] : [];
  const text = `name: retake
on: [push, pull_request]
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 24
${install.join('')}      # In CI, retake only replays.
      - run: ${testsWithRetake(testCommand, packageManager)}
      - run: ${packageManager ? packageManagers[packageManager].exec : 'npx'} retake verify
`;
  makeFolder(dirname(path));
  await writeTextAtomically(path, text);
  return {path: workflowPath, action: 'created', purpose};
}

type Package = {
  readonly text: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: ReadonlySet<string>;
};

function readPackage(directory: string): Package {
  const text = textAt(join(directory, 'package.json'));
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RetakeError('invalid_setting', `package.json cannot be read: ${reason}`, {
      hint: 'Correct it, and run the command again.',
      cause,
    });
  }
  const members = (name: string) => {
    const value =
      typeof content === 'object' && content !== null
        ? Object.entries(content).find(([key]) => key === name)?.[1]
        : undefined;
    return isJsonObject(value) ? value : {};
  };
  const names = [...Object.keys(members('dependencies')), ...Object.keys(members('devDependencies'))];
  return {text, scripts: members('scripts') as Record<string, string>, dependencies: new Set(names)};
}

function textAt(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
