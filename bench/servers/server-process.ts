import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {execa} from 'execa';

/** A server in its own process. */
export type ServerProcess = {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
};

export type ServerCommand = {
  /** The arguments of Node. */
  readonly arguments: readonly string[];
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
};

/** Every server is killed after this time, in milliseconds. */
const maximumLifetime = 600_000;

/** Starts a server that prints its address first; its log goes to /dev/null. */
export async function startServer(command: ServerCommand): Promise<ServerProcess> {
  const child = execa(process.execPath, command.arguments, {
    cwd: command.folder,
    env: {...command.environment, CI: ''},
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'ignore',
    buffer: false,
    reject: false,
    timeout: maximumLifetime,
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
