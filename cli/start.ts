import {enableCompileCache, getCompileCacheDir} from 'node:module';
import {join} from 'node:path';
import {cacheFolder} from '../src/files/cache-folder.js';
import {runWithCodeCache} from './run-with-code-cache.js';

/** A digest of the bundle, which the build puts here. */
declare const bundleHash: string;

// What Node loads itself is compiled once, too. Where the folder cannot be written, all is compiled at each start.
enableCompileCache(join(cacheFolder(process.env), 'compile-cache'));

runWithCodeCache(new URL('main.cjs', import.meta.url).href, {
  folder: process.env['NODE_V8_COVERAGE'] ? undefined : getCompileCacheDir(),
  hash: bundleHash,
  command: process.argv[2],
});
