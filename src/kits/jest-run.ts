import type {RetakeProcess} from './retake-process.js';

/** What the process that starts Jest tells the processes of its test files, by an environment variable. */
export type JestRun = {
  readonly address: string;
  /** The root of the project. */
  readonly root: string;
  readonly mode: string | undefined;
  /** The variables that SDKs read, for the session `id`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly id: string;
  /** The folder in which test files note their unused takes, if they are to be removed. */
  readonly unused: string | undefined;
};

/** What the global teardown ends. */
export type RunToEnd = {
  /** Undefined for a retake that was running before. */
  readonly started: RetakeProcess | undefined;
  /** The folder of the cassettes. */
  readonly cassettes: string;
  readonly root: string;
  readonly unused: string | undefined;
  endSession(): Promise<unknown>;
};

const variable = 'JEST_RETAKE_RUN';

export function tellRun(run: JestRun): void {
  process.env[variable] = JSON.stringify(run);
}

/** @throws if the global set-up did not run */
export function runOf(): JestRun {
  const told = process.env[variable];
  if (told !== undefined) return JSON.parse(told) as JestRun;
  throw new Error(
    "retake: add globalSetup: 'retake/jest/global-setup' and globalTeardown: 'retake/jest/global-teardown' to the configuration of Jest",
  );
}
