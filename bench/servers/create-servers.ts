import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {AimockFixtures} from './aimock-server.js';
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
  /** aimock, a mock server of the same APIs (https://www.npmjs.com/package/@copilotkit/aimock). */
  aimock(fixtures: AimockFixtures): Promise<ServerProcess>;
  /** Stops all servers that still run. */
  stopAll(): Promise<void>;
};

/** The command that users start. */
export const retakeProgram = fileURLToPath(new URL('../../bin/retake.js', import.meta.url));
const bareProgram = fileURLToPath(new URL('bare-server.js', import.meta.url));
const aimockProgram = fileURLToPath(new URL('aimock-server.js', import.meta.url));

export function createServers(folder: string): Servers {
  const started: ServerProcess[] = [];
  const start = async (...command: Parameters<typeof startServer>) => {
    const server = await startServer(...command);
    started.push(server);
    return server;
  };
  const retake: Servers['retake'] = (serveArguments, environment = {}) =>
    start({arguments: [retakeProgram, 'serve', '--port', '0', ...serveArguments], folder, environment});
  const startWith = (program: string, answers: BareAnswer | AimockFixtures) => {
    const file = join(folder, `answers-${started.length}.json`);
    writeFileSync(file, JSON.stringify(answers));
    return start({arguments: [program, file], folder});
  };
  return {
    retake,
    replay: (cassette, ...more) => retake(['--mode', 'replay', '--cassette', cassette, ...more]),
    bare: answer => startWith(bareProgram, answer),
    aimock: fixtures => startWith(aimockProgram, fixtures),
    async stopAll() {
      await Promise.all(started.map(server => server.stop()));
    },
  };
}
