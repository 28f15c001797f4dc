import {enableCompileCache} from 'node:module';
import {join} from 'node:path';
import {cacheFolder} from '../src/files/cache-folder.js';

// Node writes compiled code when the process ends, and the next start reads it. Where the folder cannot be written, it compiles as before.
enableCompileCache(join(cacheFolder(process.env), 'compile-cache'));

// Its address is made here, so that it is not bundled into this file, which has to be loaded first.
await import(new URL('main.js', import.meta.url).href);
