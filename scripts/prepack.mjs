// npm runs it before it packs or publishes: what is packed is built from the current sources.
import {readFileSync} from 'node:fs';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {buildIfNeeded, installDependencies} from './set-up.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await installDependencies();
await buildIfNeeded();

const {repository} = JSON.parse(readFileSync('package.json', 'utf8'));
if (process.env.npm_command === 'publish' && repository.url.includes('/OWNER/')) {
  console.error(
    'retake: package.json does not name the repository yet, and without it links and pictures of the README do not work on the page of the package. Replace OWNER in `repository`.',
  );
  process.exitCode = 1;
}
