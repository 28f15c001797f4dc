import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {ExecutionContext} from 'ava';
import {defaultTuning} from '../../src/upstream/local/engine/engine-tuning.js';
import type {ManagedUpstreamOptions} from '../../src/upstream/local/managed-upstream.js';
import {isAlive} from './eventually.js';
import {temporaryFolder} from './temporary-folder.js';

/** The behaviours listed in the program's first comment. */
export type FakeBehaviour = {
  readonly says?: string;
  readonly loads?: number;
  readonly fails?: string;
  readonly portTaken?: string;
  readonly diesOn?: string;
  readonly refuses?: string;
  readonly ignoresTerm?: boolean;
};

export type FakeEngine = {
  readonly options: ManagedUpstreamOptions;
  readonly modelPath: string;
  behave(behaviour: FakeBehaviour): Promise<void>;
  /** The pid of the last started engine; zero before the first. */
  pid(): Promise<number>;
  arguments(): Promise<string[]>;
};

export const fakeLlamaServer = fileURLToPath(
  new URL('../../../test/fixtures/bin/fake-llama-server.mjs', import.meta.url),
);

/** Options for an upstream whose native llama-server is a program with scripted behaviour. */
export async function fakeEngine(t: ExecutionContext, behaviour: FakeBehaviour = {}): Promise<FakeEngine> {
  const folder = await temporaryFolder(t);
  const modelPath = join(folder, 'model.gguf');
  const behave = (next: FakeBehaviour) => writeFile(modelPath, JSON.stringify(next));
  await behave(behaviour);
  const pid = async () => Number(await readFile(`${modelPath}.pid`, 'utf8').catch(() => '0'));
  t.teardown(async () => {
    const last = await pid();
    if (last > 0 && isAlive(last)) process.kill(last, 'SIGKILL');
  });
  return {
    options: {
      model: modelPath,
      cacheFolder: join(folder, 'cache'),
      llamaServerBinary: fakeLlamaServer,
      path: process.env['PATH'] ?? '',
      tuning: defaultTuning,
    },
    modelPath,
    behave,
    pid,
    arguments: async () => JSON.parse(await readFile(`${modelPath}.arguments`, 'utf8')) as string[],
  };
}
