import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import type {MissReport} from '../../src/cassette/miss.js';
import {formatJson, type JsonValue, parseJson} from '../../src/chat/json.js';
import type {Config} from '../../src/config/load-config.js';
import {RetakeError} from '../../src/errors.js';

type LastMiss = {readonly path: string; readonly report: MissReport};

/** Keeps the last miss, redacted as a recording would be, in the user's cache folder: for `retake explain --last`. */
export function keepLastMiss({cacheDir, cassette}: Config): (report: MissReport) => void {
  return report => {
    const kept: unknown = {path: cassette, report};
    try {
      mkdirSync(cacheDir, {recursive: true});
      writeFileSync(fileIn(cacheDir), formatJson(kept as JsonValue), {mode: 0o600});
    } catch {
      // The miss itself was told; only its explanation later on needs this file, and says when it is not there.
    }
  };
}

/** @throws RetakeError `not_found` */
export function readLastMiss({cacheDir}: Config): LastMiss {
  try {
    const kept: unknown = parseJson(readFileSync(fileIn(cacheDir)), {maxDepth: 1000});
    return kept as LastMiss;
  } catch (cause) {
    throw new RetakeError('not_found', `No miss was kept in ${dirname(fileIn(cacheDir))}`, {
      hint: 'It is kept by `retake run` and `retake serve` when a question has no recording.',
      cause,
    });
  }
}

function fileIn(cacheDir: string): string {
  return join(cacheDir, 'last-miss.json');
}
