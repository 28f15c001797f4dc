// `npm run bench`: sets up what is missing, builds, and compares retake with bare servers. Arguments are handed on:
// `npm run bench -- --quick --only unary`.
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {buildIfNeeded, installDependencies} from './set-up.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
// Stdout has only the figures: with `--json`, it is written to a file.
console.log = console.error;
await installDependencies();
await buildIfNeeded();
await import('../dist/bench/main.js');
