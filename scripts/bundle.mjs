import {chmodSync, copyFileSync, rmSync} from 'node:fs';
import {build} from 'esbuild';
import {leaveOutUnused} from './leave-out.mjs';
import {mergeChunks} from './merge-chunks.mjs';
import {requireBuiltins} from './require-builtins.mjs';

/** The entry points for test frameworks. Each is loaded by the project's own framework. */
export const kits = ['ava', 'vitest', 'vitest-setup', 'node-test', 'node-test-setup'];

/** Jest loads CommonJS. */
export const commonKits = ['jest', 'jest-setup', 'jest-global-setup', 'jest-global-teardown'];

const external = ['ava', 'better-sqlite3', 'sharp', 'vitest'];

/** Gives bundled CommonJS packages a `require` for Node's own modules. */
const requireBanner = [
  "import {createRequire as createRetakeRequire} from 'node:module';",
  'const require = createRetakeRequire(import.meta.url);',
].join('\n');

/**
 * Bundles the command line and the library with all packages but the native ones. What both use is in chunks of dist/bin. Returns the
 * paths of the modules in the bundle.
 * @param merges whether chunks are joined, which makes the start faster and the build slower
 */
export async function bundle({merges = false} = {}) {
  for (const folder of ['dist/bin', 'dist/lib']) rmSync(folder, {recursive: true, force: true});
  const entryPoints = {
    'bin/main': 'cli/main.ts',
    'lib/index': 'src/index.ts',
    ...Object.fromEntries(kits.map(kit => [`lib/${kit}`, `src/kits/${kit}.ts`])),
  };
  const outdir = merges ? 'dist/unmerged' : 'dist';
  const {metafile} = await build({
    entryPoints,
    outdir,
    chunkNames: 'bin/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.14',
    minify: true,
    metafile: true,
    external,
    // Its main file requires others in a way that esbuild cannot follow.
    alias: {'jsonc-parser': 'jsonc-parser/lib/esm/main.js'},
    plugins: [leaveOutUnused(), requireBuiltins()],
    // THIRD-PARTY-NOTICES has them. In a file that is ASCII, Node need not decode UTF-8.
    legalComments: 'none',
    banner: {js: requireBanner},
    logLevel: 'warning',
  });
  if (merges) {
    await mergeChunks({
      outputs: metafile.outputs,
      groups: [
        {name: 'library', needs: ['src/index.ts']},
        {name: 'base', needs: ['cli/main.ts']},
        {name: 'base', needs: ['cli/commands/serve.ts', 'cli/commands/ls.ts']},
        {name: 'serving', needs: ['cli/commands/serve.ts']},
      ],
      entryPoints: Object.fromEntries(Object.keys(entryPoints).map(name => [name, `${outdir}/${name}.js`])),
      external,
      banner: requireBanner,
      folder: 'dist',
    });
    rmSync(outdir, {recursive: true});
  }
  // In one file, and before all others: it sets up how they are compiled.
  await build({
    entryPoints: {'bin/start': 'cli/start.ts'},
    outdir: 'dist',
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.14',
    minify: true,
    logLevel: 'warning',
  });
  await build({
    entryPoints: Object.fromEntries(commonKits.map(kit => [`lib/${kit}`, `src/kits/${kit}.ts`])),
    outdir: 'dist',
    outExtension: {'.js': '.cjs'},
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22.14',
    minify: true,
    define: {'import.meta.url': 'retakeModuleUrl'},
    banner: {js: "const retakeModuleUrl = require('node:url').pathToFileURL(__filename).href;"},
    logLevel: 'warning',
  });
  copyFileSync('scripts/bin/retake.js', 'dist/bin/retake.js');
  chmodSync('dist/bin/retake.js', 0o755);
  return Object.values(metafile.outputs).flatMap(({inputs}) =>
    Object.entries(inputs).flatMap(([path, {bytesInOutput}]) => (bytesInOutput > 0 ? [path] : [])),
  );
}
