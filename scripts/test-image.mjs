// `npm run test:image`: builds the variants of the image and runs them without a container engine: buildah builds and runs, debootstrap
// creates the base. Requires root on Debian or Ubuntu. The last line has the totals: `N passed, N failed, N skipped`.
import {existsSync} from 'node:fs';
import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {makeBaseImage} from './image-test/base-image.mjs';
import {openStore} from './image-test/buildah.mjs';
import {check, counts, report} from './image-test/check.mjs';
import {tryLiveVariant} from './image-test/live-variant.mjs';
import {tryReplayVariant} from './image-test/replay-variant.mjs';
import {endCommands, runCommand} from './image-test/run-command.mjs';
import {serveFile} from './image-test/serve-file.mjs';
import {buildVariants, tags} from './image-test/variants.mjs';
import {buildIfNeeded, installDependencies} from './set-up.mjs';
import {useSupportedNode} from './supported-node.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await useSupportedNode();
const cache = join(process.cwd(), '.cache/image');
const trial = join(cache, 'trial');
const isCi = !['', '0', 'false', undefined].includes(process.env.CI);

const missing = missingRequirement();
if (missing === undefined) await testImages();
else report(isCi ? 'failed' : 'skipped', `images: ${missing}`);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;

function missingRequirement() {
  if (process.getuid?.() !== 0) return 'building them without a container engine requires root';
  const folders = process.env.PATH.split(':');
  const missing = ['buildah', 'debootstrap'].filter(
    program => !folders.some(folder => existsSync(join(folder, program))),
  );
  if (missing.length === 0) return undefined;
  return `${missing.join(' and ')} not found (Debian, Ubuntu: \`apt install ${missing.join(' ')}\`)`;
}

async function testImages() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, endCommands);
  const store = await openStore(trial);
  let modelServer;
  try {
    const {weights, sha256} = await smallModel();
    modelServer = await serveFile(weights);
    await check('a base image is created from this machine', () => makeBaseImage(store, tags.base, cache));
    await buildVariants(store, join(trial, 'context'), modelServer, sha256);
    const cassettes = await tryLiveVariant(store, makeFolder);
    await tryReplayVariant(store, makeFolder, cassettes);
    await printSizes(store);
  } catch (error) {
    if (!error.isCounted) report('failed', `images: ${error.stack}`);
  } finally {
    await endCommands();
    await modelServer?.close();
    await store.remove();
  }
}

/** The smallest model of the catalogue, from the user's cache. */
async function smallModel() {
  await installDependencies();
  await buildIfNeeded();
  const setup = ['dist/bin/retake.js', 'setup', '--model', 'gemma3-270m', '--json', '--quiet'];
  const {model} = JSON.parse(await runCommand(process.execPath, setup, {timeout: 900_000}));
  const [sha256] = (await runCommand('sha256sum', [model.weights])).split(' ');
  return {weights: model.weights, sha256};
}

async function makeFolder(name, owner) {
  const folder = join(trial, name);
  await mkdir(folder, {recursive: true});
  await runCommand('chown', [owner, folder]);
  return folder;
}

async function printSizes(store) {
  const sizes = await Promise.all([tags.base, tags.replay, tags.live].map(tag => store.describe(tag)));
  const [base, replay, live] = sizes.map(({size}) => size);
  console.log(`  sizes: base ${base}, replay ${replay}, live with the 270M model ${live}`);
}
