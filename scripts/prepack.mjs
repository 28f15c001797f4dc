// npm runs it before it packs or publishes: what is packed is built from the current sources.
import {readFileSync} from 'node:fs';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {exitWith} from './run-quietly.mjs';
import {buildIfNeeded, installDependencies} from './set-up.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const {repository} = JSON.parse(readFileSync('package.json', 'utf8'));
// Links and pictures of the README are relative: the page of a package finds them in its repository. So does npm's provenance.
if (process.env.npm_command === 'publish' && !repository?.url)
  exitWith(
    'package.json does not name the repository, and without it links and pictures of the README do not work on the page of the package. Set it to the address that the sources have: npm pkg set repository.type=git repository.url=git+https://….git',
  );

await installDependencies();
await buildIfNeeded();
