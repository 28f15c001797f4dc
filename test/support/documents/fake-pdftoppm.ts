import {readFileSync} from 'node:fs';
import {symlink, writeFile} from 'node:fs/promises';
import {delimiter, dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {ExecutionContext} from 'ava';
import {createRasterizer} from '../../../src/documents/rasterizer.js';
import type {Rasterizer, RasterizerOptions} from '../../../src/documents/render.js';
import {isAlive} from '../eventually.js';
import {temporaryFolder} from '../temporary-folder.js';
import {searchPath} from './poppler.js';

export type WatchedRasterizer = {
  readonly rasterizer: Rasterizer;
  /** The environment of another rasterizer, to count its processes too. */
  readonly options: RasterizerOptions;
  /** The process ids of all started pdftoppm, in order. */
  started(): readonly number[];
  running(): readonly number[];
};

const fakeProgram = fileURLToPath(
  new URL('../../../../test/fixtures/bin/fake-pdftoppm.mjs', import.meta.url),
);

/** A rasterizer whose pdftoppm behaves as described in the fake's first comment. */
export async function fakePdftoppm(
  t: ExecutionContext,
  behaviour: string,
  options: Partial<RasterizerOptions> = {},
): Promise<WatchedRasterizer> {
  return watched(t, folder => symlink(fakeProgram, join(folder, 'pdftoppm')), {
    ...options,
    environment: {FAKE_PDFTOPPM: behaviour},
  });
}

/** A rasterizer whose pdftoppm is the real one, counted. */
export async function countedPdftoppm(
  t: ExecutionContext,
  options: Partial<RasterizerOptions> = {},
): Promise<WatchedRasterizer> {
  const script = [
    '#!/bin/sh',
    '[ "$1" = -v ] || echo $$ >> "$FAKE_PDFTOPPM_LOG"',
    `PATH='${searchPath}' exec pdftoppm "$@"`,
    '',
  ].join('\n');
  return watched(t, folder => writeFile(join(folder, 'pdftoppm'), script, {mode: 0o755}), options);
}

async function watched(
  t: ExecutionContext,
  install: (folder: string) => Promise<void>,
  options: Partial<RasterizerOptions>,
): Promise<WatchedRasterizer> {
  const folder = await temporaryFolder(t);
  await install(folder);
  const log = join(folder, 'started');
  await writeFile(log, '');
  const started = () => readFileSync(log, 'utf8').split('\n').filter(Boolean).map(Number);
  const running = () => started().filter(isAlive);
  t.teardown(() => {
    for (const pid of running()) process.kill(pid, 'SIGKILL');
  });
  const path = [folder, dirname(process.execPath), searchPath].join(delimiter);
  const watchedOptions = {
    use: 'pdftoppm' as const,
    ...options,
    path,
    environment: {FAKE_PDFTOPPM_LOG: log, ...options.environment},
  };
  return {rasterizer: createRasterizer(watchedOptions), options: watchedOptions, started, running};
}
