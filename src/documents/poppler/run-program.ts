import {availableParallelism} from 'node:os';
import {execa} from 'execa';
import PQueue from 'p-queue';
import {RetakeError} from '../../errors.js';
import type {RasterizerOptions} from '../render.js';
import {collectStart} from './collect.js';
import {popplerMissing} from './poppler-missing.js';

/** One of poppler's programs at work on a PDF. */
export type ProgramRun<Output> = {
  readonly program: 'pdfinfo' | 'pdftoppm' | 'pdftotext';
  readonly arguments: readonly string[];
  /** Goes to its stdin: there are no temporary files, and no name that could be taken for an option. */
  readonly pdf: Uint8Array;
  /** Reads its stdout as it comes. When it throws, the program is ended. */
  readonly read: (stdout: AsyncIterable<Uint8Array>) => Promise<Output>;
  readonly signal: AbortSignal;
};

export type ProgramEnd<Output> = {
  readonly output: Output;
  /** Undefined when a signal that was not ours ended it: it crashed. */
  readonly exitCode: number | undefined;
  /** What it wrote to stderr. For our own eyes: it never reaches a client. */
  readonly said: string;
};

export type ProgramRunner = {
  /**
   * Waits for its turn and runs the program to its end, whatever its exit code. An abort ends it at once.
   * @throws RetakeError `invalid_request` when it takes too long, `poppler_missing` when it cannot be run
   */
  run<Output>(run: ProgramRun<Output>): Promise<ProgramEnd<Output>>;
  /** How many run at the same time. */
  readonly processes: number;
};

const defaultTimeout = 20_000;
/** Far more than the sentences that matter; a damaged PDF can have a complaint in each of its objects. */
const saidLimit = 256 * 1024;

export function createProgramRunner({
  path,
  timeout = defaultTimeout,
  processes = Math.max(2, availableParallelism()),
  environment = {},
}: RasterizerOptions): ProgramRunner {
  const queue = new PQueue({concurrency: processes});

  async function runNow<Output>(run: ProgramRun<Output>): Promise<ProgramEnd<Output>> {
    const child = execa(run.program, run.arguments, {
      env: {...environment, PATH: path},
      input: run.pdf,
      buffer: false,
      reject: false,
      timeout,
      cancelSignal: run.signal,
      killSignal: 'SIGKILL',
    });
    const reading = run.read(child.stdout).then(
      output => ({output}),
      (failure: unknown) => {
        child.kill();
        return {failure};
      },
    );
    const [read, said, end] = await Promise.all([reading, collectStart(child.stderr, saidLimit), child]);
    run.signal.throwIfAborted();
    if (end.timedOut) throw tookTooLong(timeout);
    if (end.exitCode === undefined && end.signal === undefined)
      throw popplerMissing(`${run.program} cannot be run here`, end.cause);
    if ('failure' in read) throw read.failure;
    return {output: read.output, exitCode: end.exitCode, said};
  }

  return {
    run: run => queue.add(() => runNow(run), {signal: run.signal}),
    processes,
  };
}

function tookTooLong(timeout: number): RetakeError {
  return new RetakeError('invalid_request', `The PDF took longer than ${timeout / 1000} s to render`, {
    hint: 'Simplify it, or send fewer pages at a time.',
  });
}
