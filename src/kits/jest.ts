// The kit for Jest: docs/jest.md.
import {randomBytes} from 'node:crypto';
import {relative} from 'node:path';
import {cassetteNameOf} from './cassette-names.js';
import {controlClient, type Session, type Urls} from './control-client.js';
import {runOf} from './jest-run.js';
import {allTestsPassed} from './jest-tests.js';
import {noteUnused} from './jest-unused.js';
import {failTest, reportEnd} from './report-to-framework.js';
import {type TestFile, testFileOf} from './test-file.js';

export type {Urls} from './control-client.js';

export type UseRetakeOptions = {
  /** The cassette of this test file. Default: a name made of its path. */
  readonly cassette?: string | undefined;
  /** What goes wrong with the requests of each test: names of faults, or rules as in `retake.config.json`. */
  readonly faults?: readonly (string | object)[] | undefined;
};

export type Retake = {
  /** The base URLs of this file, as each SDK takes them. Requests count in the test that is running. */
  readonly urls: Urls;
};

/**
 * Gives this test file a cassette, and each test a session. A test fails if one of its requests has no recording. `jest -u` records.
 * Clients that are created from now on find their addresses in the environment.
 */
export function useRetake(options: UseRetakeOptions = {}): Retake {
  const shared = globalThis as {retakeOfFile?: Retake};
  shared.retakeOfFile ??= connect(options);
  return shared.retakeOfFile;
}

/** The functions of Jest, which it makes global. */
type JestGlobals = {
  readonly expect?: {getState(): {readonly testPath?: string; readonly currentTestName?: string}};
  beforeAll(hook: () => Promise<void>): void;
  beforeEach(hook: () => Promise<void>): void;
  afterEach(hook: () => Promise<void>): void;
  afterAll(hook: () => Promise<void>): void;
};

function connect(options: UseRetakeOptions): Retake {
  const jest = globalThis as unknown as JestGlobals;
  const file = jest.expect?.getState().testPath;
  if (!jest.expect || file === undefined)
    throw new Error(
      'useRetake of retake/jest works in a test file or a setup file of Jest that has its globals',
    );
  const {expect} = jest;
  const {address, root, mode, environment, id: template, unused} = runOf();
  const path = relative(root, file);
  const cassette = options.cassette ?? cassetteNameOf(path);
  // The session gets its id here, because the addresses are needed before anything can be waited for.
  const id = `s-${randomBytes(8).toString('hex')}`;
  const own = Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value.replace(`/@;session=${template}`, `/@${cassette};session=${id}`),
    ]),
  );
  Object.assign(process.env, own);
  const base = `${address}/@${cassette};session=${id}`;
  const control = controlClient(address);
  let testFile: TestFile | undefined;
  let session: Session | undefined;
  jest.beforeAll(async () => {
    const whole = await control.createSession({
      ...{id, name: path.slice(-500), cassette, mode},
      faults: options.faults,
    });
    testFile = testFileOf(control, whole, {
      ...{path, updateCommand: `npx jest -u ${path}`},
      isShared: options.cassette !== undefined,
    });
  });
  jest.beforeEach(async () => {
    session = await testFile?.begin(expect.getState().currentTestName ?? '');
  });
  jest.afterEach(async () => {
    const failure = session && (await testFile?.end(session));
    session = undefined;
    if (failure !== undefined) failTest(failure);
  });
  jest.afterAll(async () => {
    if (!testFile) return;
    const {failure, notice, outcome} = await testFile.close({isWhole: allTestsPassed()});
    const isRemoved = unused !== undefined && notice !== undefined;
    if (isRemoved) await noteUnused(unused, cassette, outcome);
    reportEnd({failure, notice: isRemoved ? `${notice}\nThey are removed at the end of the run.` : notice});
  });
  return {urls: {gemini: base, openai: `${base}/v1`, anthropic: base}};
}
