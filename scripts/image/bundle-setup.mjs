// Writes the bundle of setup.mjs to the given file. It contains only the code that downloads, so that its bytes stay the same when other code changes.
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';

await build({
  entryPoints: [fileURLToPath(new URL('setup.mjs', import.meta.url))],
  outfile: process.argv[2],
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.14',
  minify: true,
  external: ['better-sqlite3'],
  banner: {js: "import {createRequire} from 'node:module'; const require = createRequire(import.meta.url);"},
  logLevel: 'warning',
});
