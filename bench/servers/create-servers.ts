import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {BareAnswer} from './bare-server.js';
import {type ServerProcess, startServer} from './server-process.js';

/** The servers of one case, each in its own process as a user would start it. */
export type Servers = {
  /** `retake serve`, with its log on. */
  retake(
    serveArguments: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ): Promise<ServerProcess>;
  /** `retake serve` in replay mode. */
  replay(cassette: string, ...more: readonly string[]): Promise<ServerProcess>;
  /** A plain `node:http` server that reads each body and returns constant bytes. */
  bare(answer: BareAnswer): Promise<ServerProcess>;
  /** Stops all servers that still run. */
  stopAll(): Promise<void>;
};

/** The command that users start. */
export const retakeProgram = fileURLToPath(new URL('../../bin/retake.js', import.meta.url));
const bareProgram = fileURLToPath(new URL('bare-server.js', import.meta.url));

export function createServers(folder: string): Servers {
  const started: ServerProcess[] = [];
  const start = async (...command: Parameters<typeof startServer>) => {
    const server = await startServer(...command);
    started.push(server);
    return server;
  };
  const retake: Servers['retake'] = (serveArguments, environment = {}) =>
    start({arguments: [retakeProgram, 'serve', '--port', '0', ...serveArguments], folder, environment});
  return {
    retake,
    replay: (cassette, ...more) => retake(['--mode', 'replay', '--cassette', cassette, ...more]),
    bare(answer) {
      const file = join(folder, `answer-${started.length}.json`);
      writeFileSync(file, JSON.stringify(answer));
      return start({arguments: [bareProgram, file], folder});
    },
    async stopAll() {
      await Promise.all(started.map(server => server.stop()));
    },
  };
}
