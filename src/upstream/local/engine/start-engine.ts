import {randomBytes} from 'node:crypto';
import {setTimeout as sleep} from 'node:timers/promises';
import {execa} from 'execa';
import {Agent, request} from 'undici';
import {RetakeError} from '../../../errors.js';
import {describeEngineEnd, type EngineEnd} from './engine-end.js';
import {engineLog} from './engine-log.js';
import {type EngineProgram, engineCommand} from './engine-program.js';
import {freePort} from './free-port.js';

/** A running llama-server that answers. */
export type Engine = {
  readonly url: string;
  /** The credential without which it answers nobody: other programs and web pages of this machine can reach its port. */
  readonly authorization: string;
  /** Resolves when the process is gone, with the sentence on why. Never rejects. */
  readonly ended: Promise<RetakeError>;
  stop(): Promise<void>;
};

export type StartEngineOptions = {
  readonly program: EngineProgram;
  readonly arguments: readonly string[];
  readonly signal?: AbortSignal;
  /** Milliseconds until an engine that neither answers nor ends is given up. */
  readonly startTimeout?: number;
};

const healthInterval = 25;
const stopGrace = 3000;
const triesForAPort = 3;

/**
 * Starts llama-server on a free loopback port and waits until it answers. It ends with this process, however that ends.
 * @throws RetakeError `engine_failed` when it ends before it answers, with what it said.
 */
export async function startEngine(options: StartEngineOptions): Promise<Engine> {
  for (let tries = 1; ; tries++) {
    const port = await freePort();
    const engine = spawnEngine(options, port);
    try {
      await untilHealthy(engine, options);
      engine.markReady();
      return engine;
    } catch (error) {
      await engine.stop();
      if (tries < triesForAPort && engine.portWasTaken()) continue;
      throw error;
    }
  }
}

type SpawnedEngine = Engine & {markReady(): void; portWasTaken(): boolean};

function spawnEngine({program, arguments: given}: StartEngineOptions, port: number): SpawnedEngine {
  const apiKey = randomBytes(24).toString('hex');
  const [file, ...command] = engineCommand(program);
  const child = execa(file, [...command, ...given, '--host', '127.0.0.1', '--port', String(port)], {
    // In the environment, for the command line can be read by every user of the machine.
    env: {LLAMA_API_KEY: apiKey},
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    // A group of its own: Ctrl-C reaches retake alone, which ends the engine in its own time and whole.
    detached: true,
  });
  const log = engineLog(child.stderr);
  let isGone = false;
  child.once('exit', (_code, signal) => {
    isGone = true;
    // A guard that was killed could not take its llama-server with it.
    if (signal !== null && child.pid !== undefined) killGroup(child.pid);
  });
  const ended = child.then(({exitCode, signal, originalMessage}) => {
    isGone = true;
    return describeEngineEnd({exitCode, signal, cause: originalMessage} satisfies EngineEnd, log, program);
  });
  return {
    url: `http://127.0.0.1:${port}`,
    authorization: `Bearer ${apiKey}`,
    ended,
    markReady: log.markReady,
    portWasTaken: () => isGone && /bind|address already in use/i.test(log.text()),
    async stop() {
      if (process.platform !== 'win32') child.kill('SIGTERM');
      child.stdin.end();
      const patience = new AbortController();
      const outOfPatience = sleep(stopGrace, undefined, {signal: patience.signal}).catch(() => undefined);
      await Promise.race([ended, outOfPatience]);
      patience.abort();
      if (!isGone && child.pid !== undefined) killGroup(child.pid);
      await ended;
    },
  };
}

function killGroup(pid: number): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch (error) {
    // Already gone, which is what was wanted.
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
      await sleep(healthInterval);
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
    // Not listening yet; if it never will, its process ends and tells why.
    return false;
  }
}
