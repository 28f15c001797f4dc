import {join, relative, resolve} from 'node:path';
import {cassetteNameOf} from './cassette-names.js';
import {
  type ControlClient,
  controlClient,
  type Session,
  type SessionOutcome,
  type UnusedTake,
  type Urls,
} from './control-client.js';
import {removeUnused} from './remove-unused.js';
import {startRetake} from './retake-process.js';

export type UseRetakeOptions = {
  /** The folder of the cassettes, from the root of the project. Default: `cassettes`. A retake at RETAKE_URL has its own. */
  readonly cassettes?: string | undefined;
  /** The cassette of this test file. Default: a name made of its path. */
  readonly cassette?: string | undefined;
  /** Default: `auto` with the update flag of the test framework, `replay` otherwise. RETAKE_MODE has the same effect. */
  readonly mode?: 'replay' | 'auto' | 'record' | 'passthrough' | undefined;
  /** What goes wrong with the requests of each test: names of faults, or rules as in `retake.config.json`. */
  readonly faults?: readonly (string | object)[] | undefined;
};

/** A test file has one retake: options of a second call would silently be none. */
export function refuseOtherOptions(opened: object | undefined, options: UseRetakeOptions): void {
  if (opened === undefined || Object.keys(options).length === 0) return;
  throw new Error(
    'retake: useRetake was called before in this test file, for example by the setup file: leave out the setup file, or the options',
  );
}

/** What a test framework tells about a test file. */
export type Framework = {
  /** Absolute paths. */
  readonly file: string;
  readonly root: string;
  /** Whether the framework was asked to update what is recorded. */
  readonly updates: boolean;
  /** Whether it tells of every test that did not run, so that an update can remove what no test requested. */
  readonly seesAllTests?: boolean | undefined;
  /** The command that records, for messages: `npx vitest -u`. */
  readonly updateCommand: string;
};

/** The sessions of one test file. */
export type TestFile = {
  /** The base URLs of the file: requests count in the test that is running. */
  readonly urls: Urls;
  readonly environment: Readonly<Record<string, string>>;
  /** Begins a test, or one that is a part of another. */
  begin(name: string, outer?: Session): Promise<Session>;
  /** Ends a test. The result says why it fails, if a request had no recording. */
  end(session: Session): Promise<string | undefined>;
  /**
   * Ends the file. `failure` names misses that belong to no single test; `notice` names unused takes, if all tests ran and passed.
   */
  close(options: {readonly isWhole: boolean}): Promise<{
    readonly failure: string | undefined;
    readonly notice: string | undefined;
    readonly outcome: SessionOutcome;
  }>;
};

/**
 * Connects a test file to the retake at RETAKE_URL, or to one that it starts, and points the SDKs of this process to it by environment
 * variables.
 */
export async function openTestFile(framework: Framework, options: UseRetakeOptions): Promise<TestFile> {
  const {file, root, updates, seesAllTests = false, updateCommand} = framework;
  const path = relative(root, file);
  const cassette = options.cassette ?? cassetteNameOf(path);
  const running = process.env['RETAKE_URL'];
  const mode = options.mode ?? (process.env['RETAKE_MODE'] || (updates ? 'auto' : 'replay'));
  const cassettes = resolve(root, options.cassettes ?? 'cassettes');
  const started =
    running === undefined || running === ''
      ? await startRetake({cassettes, mode, directory: root})
      : undefined;
  const control = controlClient(started?.address ?? running ?? '');
  const whole = await control.createSession({
    name: path.slice(-500),
    cassette,
    // A retake that was started by somebody else has a mode; only what is asked for explicitly differs.
    mode: started ? mode : options.mode,
    faults: options.faults,
  });
  Object.assign(process.env, whole.environment);
  // Other files may use a cassette that was named.
  const isShared = options.cassette !== undefined;
  const testFile = testFileOf(control, whole, {path, updateCommand, isShared});
  return {
    ...testFile,
    async close({isWhole}) {
      const closed = await testFile.close({isWhole});
      await started?.close();
      if (!started || closed.notice === undefined || !updates || !seesAllTests) return closed;
      await removeUnused(join(cassettes, `${cassette}.cassette`), closed.outcome, root);
      return {...closed, notice: `${closed.notice}\nThey were removed.`};
    },
  };
}

/** The tests of a file whose session is open. */
export function testFileOf(
  control: ControlClient,
  whole: Session,
  {
    path,
    updateCommand,
    isShared,
  }: {readonly path: string; readonly updateCommand: string; readonly isShared: boolean},
): TestFile {
  const advice = `To record the missing answers, run: ${updateCommand}`;
  /** The sessions of tests within other tests, which count their requests, too. */
  const inner = new WeakSet<Session>();
  const told = new Set<string>();
  let toldCount = 0;
  return {
    urls: whole.urls,
    environment: whole.environment,
    async begin(name, outer) {
      const shown = name.slice(0, 500) || 'a test';
      const session = await control.createSession({name: shown, parent: outer?.id ?? whole.id});
      if (outer) inner.add(session);
      return session;
    },
    async end(session) {
      const outcome = await control.endSession(session.id);
      if (!inner.has(session)) toldCount += outcome.verdict.missed;
      for (const {key} of outcome.verdict.misses) told.add(key);
      return describeMisses('this test', outcome, advice);
    },
    async close({isWhole}) {
      const outcome = await control.endSession(whole.id);
      const own = outcome.verdict.missed - toldCount;
      const misses = outcome.verdict.misses.filter(({key}) => !told.has(key));
      const ownOutcome = {...outcome, verdict: {...outcome.verdict, missed: own, misses}};
      return {
        failure: own > 0 ? describeMisses(`the tests of ${path}`, ownOutcome, advice) : undefined,
        notice: isWhole && own === 0 && !isShared ? describeUnused(outcome.verdict.unused, path) : undefined,
        outcome,
      };
    },
  };
}

function describeMisses(
  whose: string,
  {verdict, failures}: SessionOutcome,
  advice: string,
): string | undefined {
  const {missed, misses} = verdict;
  if (missed === 0) return undefined;
  const absent = failures.filter(({code}) => code === 'no_cassette').map(({message}) => message);
  const explanations = [...misses.map(({message}) => message), ...new Set(absent)];
  const requests = missed === 1 ? '1 request' : `${missed} requests`;
  const verb = missed === 1 ? 'has' : 'have';
  return [`retake: ${requests} of ${whose} ${verb} no recording`, ...explanations, advice].join('\n\n');
}

const listed = 10;

function describeUnused(unused: readonly UnusedTake[], path: string): string | undefined {
  if (unused.length === 0) return undefined;
  const lines = unused.slice(0, listed).map(({cassette, key, take, question}) => {
    const short = key.replace(/^\d+:/, '').slice(0, 12);
    return `  ${cassette} ${short} take ${take}: ${question}`;
  });
  const more = unused.length > listed ? [`  and ${unused.length - listed} more`] : [];
  const takes = unused.length === 1 ? '1 recorded answer was' : `${unused.length} recorded answers were`;
  return [`retake: ${takes} not requested by any test of ${path}:`, ...lines, ...more].join('\n');
}
