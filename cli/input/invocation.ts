import type {Command} from 'commander';

/** The environment and the working directory of the process. */
export type Invocation = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
};

/** Defines a command; its action calls `finish` with the exit code unless that is 0. */
export type DefineCommand = (invocation: Invocation, finish: (exitCode: number) => void) => Command;
