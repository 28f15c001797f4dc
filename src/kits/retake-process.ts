import {type ChildProcess, spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';

export type RetakeProcess = {
  /** Its address, `http://127.0.0.1:41234`. */
  readonly address: string;
  /** Ends it; resolves when its recordings are saved. */
  close(): Promise<void>;
};

export type RetakeProcessOptions = {
  /** The folder of the cassettes. */
  readonly cassettes: string;
  readonly mode: string;
  /** The folder whose retake.config.json has the other settings. */
  readonly directory: string;
};

/** Milliseconds that the start may take, without a model. */
const startLimit = 60_000;
/** Milliseconds that a model may take to be fetched and loaded. */
const readyLimit = 900_000;

/** Starts `retake serve` on a free port, and waits until it can answer. It ends with this process, however that ends. */
export async function startRetake({
  cassettes,
  mode,
  directory,
}: RetakeProcessOptions): Promise<RetakeProcess> {
  const words = ['serve', '--port', '0', '--log', 'json', '--mode', mode, '--cassette', cassettes];
  if (mode === 'replay') words.push('--allow-missing-cassettes');
  const child = spawn(process.execPath, [programPath(), ...words], {
    cwd: directory,
    // The channel tells it when this process has ended.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
  } as Parameters<typeof spawn>[2]);
  // Not `close`, which waits for the output: that is let go, and keeps no process alive until then.
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
  const address = await addressOf(child);
  const close = async () => {
    // It was let go, so that a process without tests may end; now its recordings are waited for.
    child.ref();
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
  };
  try {
    await untilReady(address);
  } catch (error) {
    await close();
    throw error;
  }
  letGo(child);
  return {address, close};
}

/** The command line, which the package has beside this module: `dist/bin/retake.js`. */
export function programPath(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    const path = join(folder, 'dist', 'bin', 'retake.js');
    if (existsSync(path)) return path;
    if (dirname(folder) === folder) throw new Error(`retake: its command line was not found above ${start}`);
  }
}

/** The address in its first line: the log is JSON. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    let errors = '';
    const timer = setTimeout(() => fail('it did not start within a minute'), startLimit);
    const fail = (reason: string) => {
      clearTimeout(timer);
      child.kill();
      reject(new Error(`retake could not be started: ${errors.trim() || reason}`));
    };
    child.stderr?.on('data', (data: Buffer) => {
      errors = (errors + data.toString()).slice(-10_000);
    });
    child.stdout?.on('data', (data: Buffer) => {
      output += data.toString();
      const [line = '', rest] = output.split('\n', 2);
      if (rest === undefined) return;
      clearTimeout(timer);
      resolve((JSON.parse(line) as {address: string}).address);
    });
    child.once('error', error => fail(error.message));
    child.once('exit', code => fail(`it ended with exit code ${code}`));
  });
}

/** In a mode that records, the model must be there before the first test: tests have short timeouts. */
async function untilReady(address: string): Promise<void> {
  const start = Date.now();
  for (;;) {
    const response = await fetch(`${address}/health`);
    if (response.ok) return void (await response.arrayBuffer());
    const {upstream} = (await response.json()) as {upstream?: {phase: string; detail: string}};
    if (upstream?.phase === 'failed') throw new Error(`retake: the model cannot answer: ${upstream.detail}`);
    if (Date.now() - start > readyLimit) throw new Error('retake: the model was not ready within 15 minutes');
    await sleep(100);
  }
}

/** A process that waits for nothing else may end. */
function letGo(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.resume();
    (stream as unknown as {unref?: () => void} | null)?.unref?.();
  }
}
