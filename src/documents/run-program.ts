import {availableParallelism} from 'node:os';
import {execa} from 'execa';
import PQueue from 'p-queue';
import {RetakeError} from '../errors.js';
import {collectStart} from './collect.js';
import {rasterizerMissing} from './rasterizer-missing.js';
import type {RasterizerOptions} from './render.js';

/** One run of a program on a PDF. */
export type ProgramRun<Output> = {
  /** A name that is looked up on the PATH, or a path. */
  readonly program: string;
  readonly arguments: readonly string[];
  /** Written to stdin: no temporary files, and no file name that looks like an option. */
  readonly pdf: Uint8Array;
  /** Reads stdout as it arrives. If it throws, the program is killed. */
  readonly read: (stdout: AsyncIterable<Uint8Array>) => Promise<Output>;
  readonly signal: AbortSignal;
};

export type ProgramEnd<Output> = {
  readonly output: Output;
  /** Undefined if the program crashed. */
  readonly exitCode: number | undefined;
  /** Never shown to a client. */
  readonly stderr: string;
};

export type ProgramRunner = {
  /**
   * Queues the program and runs it to its end, whatever its exit code. An abort kills it.
   * @throws RetakeError `invalid_request` if it takes too long, `rasterizer_missing` if it cannot be run
   */
  run<Output>(run: ProgramRun<Output>): Promise<ProgramEnd<Output>>;
  /** How many programs run in parallel. */
  readonly processes: number;
};

const defaultTimeout = 20_000;
/** Far more than the messages that are used: a damaged PDF can cause one for each object. */
const stderrLimit = 256 * 1024;

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
    const [read, stderr, end] = await Promise.all([reading, collectStart(child.stderr, stderrLimit), child]);
    run.signal.throwIfAborted();
    if (end.timedOut) throw tookTooLong(timeout);
    if (end.exitCode === undefined && end.signal === undefined)
      throw rasterizerMissing(`${run.program} cannot be run here`, end.cause);
    if ('failure' in read) throw read.failure;
    return {output: read.output, exitCode: end.exitCode, stderr};
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
