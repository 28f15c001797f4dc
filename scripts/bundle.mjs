import {chmodSync, copyFileSync, rmSync} from 'node:fs';
import {build} from 'esbuild';
import {leaveOutUnused} from './leave-out.mjs';

/** The entry points for test frameworks. Each is loaded by the project's own framework. */
export const kits = ['vitest', 'vitest-setup', 'node-test', 'node-test-setup'];

/**
 * Bundles the command line and the library with all packages but the native ones. What both use is in chunks of dist/bin. Returns the
 * paths of the modules in the bundle.
 */
export async function bundle() {
  for (const folder of ['dist/bin', 'dist/lib']) rmSync(folder, {recursive: true, force: true});
  const {metafile} = await build({
    entryPoints: {
      'bin/main': 'cli/main.ts',
      'lib/index': 'src/index.ts',
      ...Object.fromEntries(kits.map(kit => [`lib/${kit}`, `src/kits/${kit}.ts`])),
    },
    outdir: 'dist',
    chunkNames: 'bin/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.14',
    minify: true,
    metafile: true,
    external: ['better-sqlite3', 'sharp', 'vitest'],
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
  return Object.values(metafile.outputs).flatMap(({inputs}) =>
    Object.entries(inputs).flatMap(([path, {bytesInOutput}]) => (bytesInOutput > 0 ? [path] : [])),
  );
}
