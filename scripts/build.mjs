// Builds dist/: modules by tsc; the command line and the library as a bundle, which starts three times as fast and needs no packages; the
// manual page.
import {execFileSync} from 'node:child_process';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {useSupportedNode} from './supported-node.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await useSupportedNode();

execFileSync(process.execPath, ['node_modules/typescript/bin/tsc'], {stdio: 'inherit'});

const {bundle} = await import('./bundle.mjs');
const {bundleTypes} = await import('./bundle-types.mjs');
const {writeNotices} = await import('./write-notices.mjs');
const modules = await bundle();
writeNotices([...modules, ...(await bundleTypes('dist/src/index.d.ts', 'dist/lib/index.d.ts'))]);

await import('./write-man-page.mjs');
