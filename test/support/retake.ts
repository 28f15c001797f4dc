import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {fakeLlamaServer} from './fake-engine.js';
import {temporaryFolder} from './temporary-folder.js';

/** The built command line, as published. */
export const retakeProgram = fileURLToPath(new URL('../../bin/retake.js', import.meta.url));

/** Compiled code of all processes of the tests, each of which has an empty HOME: the value of NODE_COMPILE_CACHE. */
export const compileCache = fileURLToPath(new URL('../../compile-cache', import.meta.url));

export type RetakeOptions = {
  /** The working directory; by default an empty folder. */
  readonly directory?: string;
  /** Variables besides PATH and an empty HOME. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Runs it on a terminal with this many columns; stdout and stderr are then one stream. */
  readonly terminal?: number;
};

/** Starts `retake` as a separate process; it is stopped when the test ends. */
export async function startRetake(
  t: ExecutionContext,
  words: readonly string[],
  {directory, environment = {}, terminal}: RetakeOptions = {},
) {
  const cwd = directory ?? (await temporaryFolder(t));
  const command: [string, ...string[]] = [process.execPath, retakeProgram, ...words];
  const [file, ...rest] =
    terminal === undefined ? command : ['python3', '-c', onTerminal, String(terminal), ...command];
  const child = execa(file, rest, {
    cwd,
    extendEnv: false,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: await temporaryFolder(t),
      NODE_COMPILE_CACHE: compileCache,
      ...environment,
    },
    reject: false,
    stripFinalNewline: false,
    stdin: 'ignore',
  });
  t.teardown(async () => {
    child.kill('SIGKILL');
    await child;
  });
  let output = '';
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString().replaceAll('\r\n', '\n');
  });
  let errors = '';
  child.stderr.on('data', (data: Buffer) => {
    errors += data.toString();
  });
  return {
    child,
    directory: cwd,
    /** Its stdout so far. */
    output: () => output,
    /** Its stderr so far. */
    errors: () => errors,
  };
}

export type StartedRetake = Awaited<ReturnType<typeof startRetake>>;

/** Runs `retake` to its end. */
export async function retake(t: ExecutionContext, words: readonly string[], options: RetakeOptions = {}) {
  const {child, directory} = await startRetake(t, words, options);
  const {exitCode, signal, stdout, stderr} = await child;
  return {exitCode, signal, stdout, stderr, directory};
}

/** Starts `retake serve` on a free port, and waits until it listens. */
export async function serve(t: ExecutionContext, words: readonly string[], options: RetakeOptions = {}) {
  const started = await startRetake(t, ['serve', '--port', '0', ...words], options);
  const address = await untilMatch(started, started.output, /listens on (http:\S+)/);
  return {...started, address};
}

/** Waits until an output matches, and returns the first group; fails if the process ends before, or after a minute. */
export async function untilMatch(
  {child, errors}: Pick<StartedRetake, 'child' | 'errors'>,
  output: () => string,
  pattern: RegExp,
): Promise<string> {
  const deadline = AbortSignal.timeout(60_000);
  for (;;) {
    const {exitCode, signalCode} = child.nodeChildProcess;
    const hasEnded = exitCode !== null || signalCode !== null;
    const match = pattern.exec(output());
    if (match) return match[1] ?? match[0];
    if (hasEnded || deadline.aborted)
      throw new Error(`retake has not written ${pattern}:\n${output()}\n${errors()}`);
    await sleep(10);
  }
}

/** Settings with which misses are answered by a program that has llama-server's routes and scripted answers. */
export async function withFakeEngine(t: ExecutionContext, behaviour: object) {
  const model = join(await temporaryFolder(t), 'model.gguf');
  await writeFile(model, JSON.stringify(behaviour));
  return {model, environment: {RETAKE_MODEL: model, LLAMA_SERVER_BIN: fakeLlamaServer}};
}

/** Runs the command in its arguments on a pseudo-terminal of the given width, and returns its exit code. */
const onTerminal = `
import fcntl, os, pty, struct, sys, termios
columns, command = int(sys.argv[1]), sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    os.execvp(command[0], command)
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`;
