// The kit for Node's test runner: docs/node-test.md.
import {relative, resolve} from 'node:path';
import {after, beforeEach, type TestContext} from 'node:test';
import type {Session, Urls} from './control-client.js';
import {failTest, reportEnd} from './report-to-framework.js';
import {openTestFile, refuseOtherOptions, type UseRetakeOptions} from './test-file.js';

export type {Urls} from './control-client.js';
export type {UseRetakeOptions} from './test-file.js';

export type Retake = {
  /** The base URLs of this file, as each SDK takes them. Requests count in the test that is running. */
  readonly urls: Urls;
  /** The base URLs of one test, for tests that run at the same time. */
  urlsOf(context: {readonly fullName: string}): Urls;
};

/**
 * Gives this test file a cassette, and each test a session. A test fails if one of its requests has no recording.
 * `node --test --test-update-snapshots` records.
 */
export function useRetake(options: UseRetakeOptions = {}): Promise<Retake> {
  refuseOtherOptions(opened, options);
  opened ??= connect(options);
  return opened;
}

let opened: Promise<Retake> | undefined;

async function connect(options: UseRetakeOptions): Promise<Retake> {
  const file = resolve(process.argv[1] ?? '');
  const root = process.cwd();
  const isImported = process.execArgv.some(word => /^(?:--import=)?retake\/node-test\/setup$/.test(word));
  const setup = isImported ? ' --import retake/node-test/setup' : '';
  const updateCommand = `node --test${setup} --test-update-snapshots ${relative(root, file)}`;
  const updates = process.execArgv.includes('--test-update-snapshots');
  const testFile = await openTestFile({file, root, updates, updateCommand}, options);
  const sessions = new Map<string, Session[]>();
  let isWhole = !process.execArgv.some(word =>
    /^--test-(?:name-pattern|skip-pattern|only|shard)(?:=.|$)/.test(word),
  );
  beforeEach(async context => {
    const {fullName} = context as TestContext;
    const session = await testFile.begin(fullName, outerOf(fullName, sessions));
    // Several tests may have one name.
    sessions.set(fullName, [...(sessions.get(fullName) ?? []), session]);
    // Node keeps the error of an `afterEach` hook in one place for all tests: of tests that run at the same time, others would get it.
    (context as TestContext).after(() => end(context as TestContext, session));
  });
  const end = async (context: TestContext & {readonly passed?: boolean}, session: Session) => {
    const {fullName, passed} = context;
    const others = sessions.get(fullName)?.filter(other => other !== session) ?? [];
    if (others.length > 0) sessions.set(fullName, others);
    else sessions.delete(fullName);
    const failure = await testFile.end(session);
    if (passed === false || failure !== undefined) isWhole = false;
    if (failure === undefined) return;
    // The runner reports the first error only, and the miss may be the reason for it.
    if (passed === false) context.diagnostic(failure);
    failTest(failure);
  };
  after(async () => {
    reportEnd(await testFile.close({isWhole}));
  });
  return {
    urls: testFile.urls,
    urlsOf({fullName}) {
      const session = sessions.get(fullName)?.at(-1);
      if (!session) throw new Error('retake: urlsOf takes the context of a test that is running');
      return session.urls;
    },
  };
}

/** The session of the running test that this one is a part of. */
function outerOf(fullName: string, sessions: ReadonlyMap<string, readonly Session[]>): Session | undefined {
  const names = [...sessions.keys()].filter(name => fullName.startsWith(`${name} > `));
  const longest = names.sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? undefined : sessions.get(longest)?.at(-1);
}
