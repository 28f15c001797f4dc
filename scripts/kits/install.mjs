// Installs the pinned test frameworks of scripts/kits/package.json into .cache/kits, for the tests of the kits. Does nothing if they are
// there.
import {createHash} from 'node:crypto';
import {existsSync} from 'node:fs';
import {cp, mkdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {runCommand} from '../image-test/run-command.mjs';
import {npm} from '../run-quietly.mjs';

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
const pins = 'scripts/kits';
const folder = join('.cache', 'kits');
const digest = createHash('sha256')
  .update(await readFile(join(pins, 'package-lock.json')))
  .digest('hex');
const installed = join(folder, '.installed');
const isInstalled = existsSync(installed) && (await readFile(installed, 'utf8')) === digest;

if (!isInstalled) {
  console.log('Installing the test frameworks of the kits …');
  const partial = `${folder}.partial`;
  await rm(partial, {recursive: true, force: true});
  await mkdir(partial, {recursive: true});
  for (const name of ['package.json', 'package-lock.json']) await cp(join(pins, name), join(partial, name));
  const [command, words] = npm('ci', '--ignore-scripts', '--no-audit', '--no-fund');
  await runCommand(command, words, {cwd: partial, timeout: 600_000});
  await writeFile(join(partial, '.installed'), digest);
  await rm(folder, {recursive: true, force: true});
  await rename(partial, folder);
}
