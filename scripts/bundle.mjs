import {createHash} from 'node:crypto';
import {chmodSync, copyFileSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {build} from 'esbuild';
import {leaveOutUnused} from './leave-out.mjs';
import {mergeChunks} from './merge-chunks.mjs';
import {requireBuiltins} from './require-builtins.mjs';

/** The entry points for test frameworks. Each is loaded by the project's own framework. */
export const kits = ['ava', 'vitest', 'vitest-setup', 'node-test', 'node-test-setup'];

/** Jest loads CommonJS. */
export const commonKits = ['jest', 'jest-setup', 'jest-global-setup', 'jest-global-teardown'];

/** Gives bundled CommonJS packages a `require` for Node's own modules. */
const requireBanner = [
  "import {createRequire as createRetakeRequire} from 'node:module';",
  'const require = createRetakeRequire(import.meta.url);',
].join('\n');

/** What all bundles have in common. */
const options = {
  bundle: true,
  platform: 'node',
  target: 'node22.14',
  minify: true,
  // THIRD-PARTY-NOTICES has them.
  legalComments: 'none',
  logLevel: 'warning',
};

/** The options of bundles with packages. */
const withPackages = {
  ...options,
  metafile: true,
  external: ['ava', 'better-sqlite3', 'sharp', 'vitest'],
  // Its main file requires others in a way that esbuild cannot follow.
  alias: {'jsonc-parser': 'jsonc-parser/lib/esm/main.js'},
  plugins: [leaveOutUnused(), requireBuiltins()],
};

/**
 * Bundles the command line and the library with all packages but the native ones. Returns the paths of the modules in the bundles.
 * @param merges whether chunks of the library are joined, which makes its import faster and the build slower
 */
export async function bundle({merges = false} = {}) {
  rmSync('dist/lib', {recursive: true, force: true});
  const modules = [...(await bundleProgram()), ...(await bundleLibrary({merges}))];
  await bundleCommonKits();
  return modules;
}

/** The command line in one file, whose compiled code is cached, and the files that start it. */
export async function bundleProgram() {
  rmSync('dist/bin', {recursive: true, force: true});
  const file = 'dist/bin/main.cjs';
  const {metafile} = await build({
    ...withPackages,
    entryPoints: ['cli/main.ts'],
    outfile: file,
    format: 'cjs',
    define: {'import.meta.url': 'bundleUrl'},
    banner: {js: '(function(require,bundleUrl){'},
    footer: {js: '})'},
  });
  // esbuild leaves characters beyond ASCII in templates and expressions. Without them, Node need not decode UTF-8.
  const content = readFileSync(file, 'utf8').replaceAll(/[^\0-\x7f]/g, escapeUnit);
  writeFileSync(file, content);
  await build({
    ...options,
    entryPoints: ['cli/start.ts'],
    outdir: 'dist/bin',
    format: 'esm',
    define: {bundleHash: JSON.stringify(createHash('sha256').update(content).digest('hex').slice(0, 16))},
  });
  copyFileSync('scripts/bin/retake.js', 'dist/bin/retake.js');
  chmodSync('dist/bin/retake.js', 0o755);
  return modulesOf(metafile);
}

/** The library and the kits, as modules that share chunks. */
async function bundleLibrary({merges}) {
  const entryPoints = {
    index: 'src/index.ts',
    ...Object.fromEntries(kits.map(kit => [kit, `src/kits/${kit}.ts`])),
  };
  const outdir = merges ? 'dist/unmerged' : 'dist/lib';
  const {metafile} = await build({
    ...withPackages,
    entryPoints,
    outdir,
    splitting: true,
    format: 'esm',
    banner: {js: requireBanner},
  });
  if (merges) {
    await mergeChunks({
      outputs: metafile.outputs,
      group: {name: 'library', needs: 'src/index.ts'},
      entryPoints: Object.fromEntries(Object.keys(entryPoints).map(name => [name, `${outdir}/${name}.js`])),
      external: withPackages.external,
      banner: requireBanner,
      folder: 'dist/lib',
    });
    rmSync(outdir, {recursive: true});
  }
  return modulesOf(metafile);
}

async function bundleCommonKits() {
  await build({
    ...options,
    entryPoints: Object.fromEntries(commonKits.map(kit => [kit, `src/kits/${kit}.ts`])),
    outdir: 'dist/lib',
    outExtension: {'.js': '.cjs'},
    format: 'cjs',
    define: {'import.meta.url': 'retakeModuleUrl'},
    banner: {js: "const retakeModuleUrl = require('node:url').pathToFileURL(__filename).href;"},
  });
}

/** A character beyond the basic plane is two units, each with an escape of its own. */
function escapeUnit(unit) {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function modulesOf({outputs}) {
  return Object.values(outputs).flatMap(({inputs}) =>
    Object.entries(inputs).flatMap(([path, {bytesInOutput}]) => (bytesInOutput > 0 ? [path] : [])),
  );
}
