/** What the process that starts Jest tells the processes of its test files, by an environment variable. */
export type JestRun = {
  readonly address: string;
  /** The root of the project. */
  readonly root: string;
  readonly mode: string | undefined;
  /** Whether some tests are left out by their names. */
  readonly filters: boolean;
  /** The variables that SDKs read, for the session `id`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly id: string;
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
