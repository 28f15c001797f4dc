// `npm run docs`: builds the pages of docs/ as a site in .cache/docs. It fails if a link leads nowhere. `npm run docs -- dev` serves them,
// and shows changes at once.
import {spawnSync} from 'node:child_process';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {installDependencies} from './set-up.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await installDependencies();
const [command = 'build', ...others] = process.argv.slice(2);
const {status} = spawnSync(
  process.execPath,
  ['node_modules/vitepress/bin/vitepress.js', command, 'docs', ...others],
  {stdio: 'inherit'},
);
if (status === 0 && command === 'build') console.log('The site is in .cache/docs: npm run docs -- preview');
process.exitCode = status ?? 1;
