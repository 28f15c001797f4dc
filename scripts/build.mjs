// Builds dist/: modules by tsc; the command line and the library as bundles, which start three times as fast and need no packages; the
// manual page. With `--program`, only the command line, which is what an image has.
import {execFileSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {useSupportedNode} from './supported-node.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await useSupportedNode();

const {bundle, bundleProgram, commonKits, kits} = await import('./bundle.mjs');
const {writeNotices} = await import('./write-notices.mjs');

if (process.argv.includes('--program')) writeNotices(await bundleProgram());
else await buildAll();

async function buildAll() {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc'], {stdio: 'inherit'});
  const {bundleTypes} = await import('./bundle-types.mjs');
  const modules = await bundle({merges: true});
  const types = [await bundleTypes('dist/src/index.d.ts', 'dist/lib/index.d.ts')];
  for (const kit of [...kits, ...commonKits]) {
    const file = `dist/lib/${kit}.d.${commonKits.includes(kit) ? 'cts' : 'ts'}`;
    // What only has an effect when it is imported has no types.
    if (/-(?:setup|teardown)$/.test(kit)) writeFileSync(file, 'export {};\n');
    else types.push(await bundleTypes(`dist/src/kits/${kit}.d.ts`, file));
  }
  writeNotices([...modules, ...types.flat()]);
  await import('./write-man-page.mjs');
}
