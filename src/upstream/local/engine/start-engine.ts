import {randomBytes} from 'node:crypto';
import {setTimeout as sleep} from 'node:timers/promises';
import {execa} from 'execa';
import {Agent, request} from 'undici';
import {withinTime} from '../../../async/within-time.js';
import {RetakeError} from '../../../errors.js';
import {describeEngineEnd, type EngineEnd} from './engine-end.js';
import {engineLog} from './engine-log.js';
import {type EngineProgram, engineCommand} from './engine-program.js';
import {freePort} from './free-port.js';

/** A running llama-server that is ready. */
export type Engine = {
  readonly url: string;
  /** The credential that every request needs: other programs and web pages on this machine can reach its port. */
  readonly authorization: string;
  /** Resolves with the reason when the process has ended. Never rejects. */
  readonly ended: Promise<RetakeError>;
  stop(): Promise<void>;
};

export type StartEngineOptions = {
  readonly program: EngineProgram;
  readonly arguments: readonly string[];
  readonly signal?: AbortSignal | undefined;
  /** How long the start may take, in milliseconds. */
  readonly startTimeout?: number;
};

const healthIntervalMs = 25;
const stopTimeoutMs = 3000;
const maximumPortAttempts = 3;

/**
 * Starts llama-server on a free loopback port and waits until it is ready. It ends when this process ends, even by a crash.
 * @throws RetakeError `engine_failed` if it ends before it is ready, with its last message
 */
export async function startEngine(options: StartEngineOptions): Promise<Engine> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const engine = spawnEngine(options, port);
    try {
      await untilHealthy(engine, options);
      engine.markReady();
      return engine;
    } catch (error) {
      await engine.stop();
      if (attempt < maximumPortAttempts && engine.portWasTaken()) continue;
      throw error;
    }
  }
}

type SpawnedEngine = Engine & {markReady(): void; portWasTaken(): boolean};

function spawnEngine({program, arguments: given}: StartEngineOptions, port: number): SpawnedEngine {
  const apiKey = randomBytes(24).toString('hex');
  const [file, ...command] = engineCommand(program);
  const child = execa(file, [...command, ...given, '--host', '127.0.0.1', '--port', String(port)], {
    // In the environment, because every user of the machine can read the command line.
    env: {LLAMA_API_KEY: apiKey},
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    // In its own process group: Ctrl-C reaches only retake, which then stops the engine.
    detached: true,
  });
  const log = engineLog(child.stderr);
  let hasEnded = false;
  child.nodeChildProcess.once('exit', (_code, signal) => {
    hasEnded = true;
    // If the guard is killed, it cannot stop its llama-server.
    if (signal !== null && child.pid !== undefined) killGroup(child.pid);
  });
  const ended = child.then(({exitCode, signal, originalMessage}) => {
    hasEnded = true;
    return describeEngineEnd({exitCode, signal, cause: originalMessage} satisfies EngineEnd, log, program);
  });
  return {
    url: `http://127.0.0.1:${port}`,
    authorization: `Bearer ${apiKey}`,
    ended,
    markReady: log.markReady,
    portWasTaken: () => hasEnded && /bind|address already in use/i.test(log.text()),
    async stop() {
      if (process.platform !== 'win32') child.kill('SIGTERM');
      child.stdin.end();
      await withinTime(ended, stopTimeoutMs);
      if (!hasEnded && child.pid !== undefined) killGroup(child.pid);
      await ended;
    },
  };
}

function killGroup(pid: number): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch (error) {
    // The process has ended already.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function untilHealthy(
  engine: Engine,
  {signal, startTimeout = 600_000}: StartEngineOptions,
): Promise<void> {
  const agent = new Agent({connect: {timeout: 1000}});
  const end: {error?: RetakeError} = {};
  void engine.ended.then(error => {
    end.error = error;
  });
  const deadline = AbortSignal.timeout(startTimeout);
  try {
    while (!(await isHealthy(engine.url, agent))) {
      signal?.throwIfAborted();
      if (end.error) throw end.error;
      if (deadline.aborted)
        throw new RetakeError('engine_failed', `The engine was not ready after ${startTimeout / 1000} s`, {
          hint: 'Choose a smaller model with the option `upstream.model` or a smaller context with the option `upstream.engine.contextSize`.',
        });
      await sleep(healthIntervalMs);
    }
    if (end.error) throw end.error;
  } finally {
    await agent.close();
  }
}

/** `GET /health`: 200 when the model is loaded, 503 while it loads. */
async function isHealthy(url: string, dispatcher: Agent): Promise<boolean> {
  try {
    const {statusCode, body} = await request(`${url}/health`, {dispatcher, headersTimeout: 5000});
    await body.dump();
    return statusCode === 200;
  } catch {
    // Not listening yet. If it fails to start, its process ends with a reason.
    return false;
  }
}
