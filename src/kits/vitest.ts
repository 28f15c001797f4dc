// The kit for Vitest: docs/vitest.md.
import {relative} from 'node:path';
import {afterAll, afterEach, beforeEach, expect} from 'vitest';
import type {Session, Urls} from './control-client.js';
import {failTest, reportEnd} from './report-to-framework.js';
import {openTestFile, refuseOtherOptions, type TestFile, type UseRetakeOptions} from './test-file.js';

export type {Urls} from './control-client.js';
export type {UseRetakeOptions} from './test-file.js';

export type Retake = {
  /** The base URLs of this file, as each SDK takes them. Requests count in the test that is running. */
  readonly urls: Urls;
  /** The base URLs of one test, for tests that run at the same time: `retake.urlsOf(context)`. */
  urlsOf(context: {readonly task: object}): Urls;
};

/**
 * Gives this test file a cassette, and each test a session. A test fails if one of its requests has no recording. `vitest -u` records.
 */
export async function useRetake(options: UseRetakeOptions = {}): Promise<Retake> {
  const file = expect.getState().testPath;
  if (file === undefined)
    throw new Error('useRetake of retake/vitest works in a test file or a setup file of Vitest only');
  if (opened?.file === file) refuseOtherOptions(opened, options);
  opened ??= {file, retake: connect(file, options)};
  if (opened.file !== file) opened = {file, retake: connect(file, options)};
  return opened.retake;
}

/** Vitest may run several files in one process without isolation. */
let opened: {readonly file: string; readonly retake: Promise<Retake>} | undefined;

async function connect(file: string, options: UseRetakeOptions): Promise<Retake> {
  const {root, updates, filters} = runOf();
  const name = relative(root, file);
  // The flag comes last: vitest takes a word after it for its value, and would run all files.
  const updateCommand = `npx vitest run ${name} -u`;
  const testFile = await openTestFile({file, root, updates, updateCommand, seesAllTests: true}, options);
  const sessions = new WeakMap<object, Session>();
  let tasks: readonly Task[] | undefined;
  beforeEach(async ({task}) => {
    tasks = task.file.tasks;
    sessions.set(task, await testFile.begin(task.fullTestName));
  });
  afterEach(async ({task}) => {
    const session = sessions.get(task);
    if (!session) return;
    const failure = await testFile.end(session);
    if (failure !== undefined) failTest(failure);
  });
  afterAll(() => closeFile(testFile, !filters && tasks !== undefined && allPassed(tasks)));
  return {
    urls: testFile.urls,
    urlsOf({task}) {
      const session = sessions.get(task);
      if (!session) throw new Error('retake: urlsOf takes the context of a test that is running');
      return session.urls;
    },
  };
}

async function closeFile(testFile: TestFile, isWhole: boolean): Promise<void> {
  reportEnd(await testFile.close({isWhole}));
}

type Task = {
  readonly type: string;
  readonly tasks?: readonly Task[];
  readonly result?: {readonly state?: string};
};

/** Takes are only called unused if every test ran: not if some were skipped, filtered or failed. */
function allPassed(tasks: readonly Task[]): boolean {
  return tasks.every(({type, tasks: inner, result}) =>
    type === 'suite' ? allPassed(inner ?? []) : result?.state === 'pass',
  );
}

type Worker = {
  readonly config?: {
    readonly root?: string;
    readonly testNamePattern?: RegExp;
    readonly snapshotOptions?: {readonly updateSnapshot?: string};
  };
};

/** The settings of the run, as Vitest gives them to its workers. */
function runOf(): {readonly root: string; readonly updates: boolean; readonly filters: boolean} {
  const {config = {}} = (globalThis as {__vitest_worker__?: Worker}).__vitest_worker__ ?? {};
  return {
    root: config.root ?? process.cwd(),
    updates: config.snapshotOptions?.updateSnapshot === 'all',
    filters: config.testNamePattern !== undefined,
  };
}
