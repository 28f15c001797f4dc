// The kit for AVA: docs/ava.md.
import {relative} from 'node:path';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import type {Session, Urls} from './control-client.js';
import {failTest, reportEnd} from './report-to-framework.js';
import {openTestFile, refuseOtherOptions, type UseRetakeOptions} from './test-file.js';

export type {Urls} from './control-client.js';
export type {UseRetakeOptions} from './test-file.js';

export type Retake = {
  /** The base URLs of this file, as each SDK takes them. Requests count in the test that is running, if it runs alone. */
  readonly urls: Urls;
  /** The base URLs of one test: AVA runs the tests of a file at the same time. */
  urlsOf(t: {readonly title: string}): Urls;
};

/**
 * Gives this test file a cassette, and each test a session. A test fails if one of its requests has no recording.
 * `RETAKE_MODE=auto npx ava` records.
 */
export function useRetake(options: UseRetakeOptions = {}): Promise<Retake> {
  refuseOtherOptions(opened, options);
  opened ??= connect(options);
  return opened;
}

let opened: Promise<Retake> | undefined;

async function connect(options: UseRetakeOptions): Promise<Retake> {
  const file = fileURLToPath(test.meta.file);
  const root = process.cwd();
  const updateCommand = `RETAKE_MODE=auto npx ava ${relative(root, file)}`;
  const testFile = await openTestFile({file, root, updates: false, updateCommand}, options);
  const sessions = new Map<string, Session>();
  let isWhole = true;
  test.beforeEach(async t => {
    sessions.set(titleOf(t), await testFile.begin(titleOf(t)));
  });
  test.afterEach.always(async t => {
    const session = sessions.get(titleOf(t));
    sessions.delete(titleOf(t));
    const failure = session && (await testFile.end(session));
    if (!t.passed || failure !== undefined) isWhole = false;
    if (failure !== undefined) failTest(failure);
  });
  test.after.always(async () => {
    reportEnd(await testFile.close({isWhole}));
  });
  return {
    urls: testFile.urls,
    urlsOf(t) {
      const session = sessions.get(titleOf(t));
      if (!session) throw new Error('retake: urlsOf takes the t of a test that is running');
      return session.urls;
    },
  };
}

/** The title of the test, also of one of its hooks. */
function titleOf({title}: {readonly title: string}): string {
  return title.replace(/^(?:beforeEach|afterEach|afterEach\.always) hook for /, '');
}
