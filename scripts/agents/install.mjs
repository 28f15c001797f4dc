// Installs the pinned coding agents and SDKs of scripts/agents/package.json into .cache/agents, for the tests in test/agents. No package runs
// a script. Does nothing if they are there.
import {createHash} from 'node:crypto';
import {existsSync} from 'node:fs';
import {cp, mkdir, readFile, rename, rm, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {runCommand} from '../image-test/run-command.mjs';
import {npm} from '../run-quietly.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pins = join(root, 'scripts', 'agents');
const folder = join(root, '.cache', 'agents');

/** Resolves to a message if the installation failed, for instance because the registry cannot be reached. */
export async function installAgents() {
  const lock = await readFile(join(pins, 'package-lock.json'));
  const digest = createHash('sha256').update(lock).digest('hex');
  const stamp = join(folder, '.installed');
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === digest) return undefined;
  console.log('Installing the coding agents; this takes a minute the first time …');
  const partial = `${folder}.partial`;
  await rm(partial, {recursive: true, force: true});
  await mkdir(partial, {recursive: true});
  for (const name of ['package.json', 'package-lock.json']) await cp(join(pins, name), join(partial, name));
  const [command, words] = npm('ci', '--ignore-scripts', '--no-audit', '--no-fund');
  try {
    await runCommand(command, words, {cwd: partial, timeout: 600_000});
  } catch (error) {
    return `The coding agents could not be installed: ${error.message}`;
  }
  // Started from there, the programs find these packages and not those of the project.
  await symlink(join(root, 'test', 'agents', 'programs'), join(partial, 'programs'));
  await writeFile(join(partial, '.installed'), digest);
  await rm(folder, {recursive: true, force: true});
  await rename(partial, folder);
  return undefined;
}
