import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {execa} from 'execa';

/** A server in a separate process. */
export type ServerProcess = {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
};

export type ServerCommand = {
  /** The arguments for Node. */
  readonly arguments: readonly string[];
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
};

/** No server runs longer than this, even if the benchmark crashes. */
const longestLife = 600_000;

/** Starts a server that prints its address first; the rest of its output is discarded. */
export async function startServer(command: ServerCommand): Promise<ServerProcess> {
  const child = execa(process.execPath, command.arguments, {
    cwd: command.folder,
    env: {...command.environment, CI: ''},
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'ignore',
    buffer: false,
    reject: false,
    timeout: longestLife,
    forceKillAfterDelay: 2000,
  });
  const ended = child.then(({exitCode, originalMessage}) => {
    throw new Error(
      `\`node ${command.arguments.join(' ')}\` ended (${exitCode ?? originalMessage ?? 'by a signal'})`,
    );
  });
  ended.catch(() => undefined);
  const lines = createInterface({input: child.stdout});
  const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string];
  const url = /http:\/\/[\d.:]+/.exec(line)?.[0];
  const {pid} = child;
  if (url === undefined || pid === undefined)
    throw new Error(`Expected the address of a server, got ${line}`);
  return {
    url,
    pid,
    async stop() {
      child.kill('SIGTERM');
      await child;
    },
  };
}
