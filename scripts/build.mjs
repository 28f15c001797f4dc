// Builds dist/: types and modules by tsc, the command line as a bundle, which starts three times as fast, and the manual page.
import {execFileSync} from 'node:child_process';
import {chmodSync, copyFileSync, rmSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {leaveOutUnused} from './leave-out.mjs';
import {useSupportedNode} from './supported-node.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
await useSupportedNode();

execFileSync(process.execPath, ['node_modules/typescript/bin/tsc'], {stdio: 'inherit'});

const {build} = await import('esbuild');
rmSync('dist/bin', {recursive: true, force: true});
await build({
  entryPoints: {main: 'cli/main.ts'},
  outdir: 'dist/bin',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.13',
  minify: true,
  external: ['better-sqlite3', 'sharp'],
  plugins: [leaveOutUnused()],
  banner: {
    js: [
      "import {createRequire as createRetakeRequire} from 'node:module';",
      'const require = createRetakeRequire(import.meta.url);',
    ].join('\n'),
  },
  logLevel: 'warning',
});
copyFileSync('scripts/bin/retake.js', 'dist/bin/retake.js');
chmodSync('dist/bin/retake.js', 0o755);

await import('./write-man-page.mjs');
