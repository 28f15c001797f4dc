// Builds dist/: types and modules with tsc, and the command line as a bundle, which starts three times as fast.
import {execFileSync} from 'node:child_process';
import {chmodSync, rmSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {leaveOutUnused} from './leave-out.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

execFileSync(process.execPath, ['node_modules/typescript/bin/tsc'], {stdio: 'inherit'});

const {build} = await import('esbuild');
rmSync('dist/bin', {recursive: true, force: true});
await build({
  entryPoints: {retake: 'cli/main.ts'},
  outdir: 'dist/bin',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minify: true,
  external: ['better-sqlite3', 'sharp'],
  plugins: [leaveOutUnused()],
  banner: {
    js: [
      '#!/usr/bin/env node',
      "import {createRequire as createRetakeRequire} from 'node:module';",
      'const require = createRetakeRequire(import.meta.url);',
    ].join('\n'),
  },
  logLevel: 'warning',
});
chmodSync('dist/bin/retake.js', 0o755);
