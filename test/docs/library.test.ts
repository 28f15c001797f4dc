import {readFileSync} from 'node:fs';
import {cp, mkdir, symlink, writeFile} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {temporaryFolder} from '../support/temporary-folder.js';

const page = readFileSync('docs/library.md', 'utf8');

/** Each example: the name in its first line, its code, and the output below it if the page shows one. */
const examples = [
  ...page.matchAll(/```(?:js|ts)\n\/\/ (\S+)\n([\s\S]*?)```\n(?:\n```\n([\s\S]*?)```)?/g),
].map(([, name = '', code = '', output]) => ({name, code, output}));

test('the page has examples', t => {
  t.true(examples.length >= 8);
});

for (const {name, code, output} of examples.filter(({name}) => !name.endsWith('.ts'))) {
  test(`${name} runs, and prints what the page shows`, async t => {
    t.timeout(300_000, 'the engine and the model may have to be installed first');
    const folder = await project(t);
    await writeFile(join(folder, name), code);
    const {stdout} = await execa('node', ['--no-warnings', name], {cwd: folder});
    if (output === undefined) t.not(stdout, '');
    else t.is(`${stdout}\n`, output);
  });
}

test('every exported name is on the page', t => {
  const index = readFileSync('src/index.ts', 'utf8');
  const names = [...index.matchAll(/\{([^}]*)\}/g)]
    .flatMap(([, list = '']) => list.split(','))
    .map(entry => entry.trim().split(' ').at(-1) ?? '');
  t.true(names.length >= 15 && names.length <= 20, `${names.length} names`);
  t.deepEqual(
    names.filter(name => !new RegExp(`\\b${name}\\b`).test(page)),
    [],
  );
});

test('types.ts compiles in a project that has no packages but retake and its dependencies', async t => {
  const folder = await project(t, []);
  const installed = join(folder, 'node_modules', 'retake');
  await cp('package.json', join(installed, 'package.json'));
  await cp('dist/src', join(installed, 'dist/src'), {
    recursive: true,
    filter: path => !/\.(?:js|map)$/.test(path),
  });
  const {dependencies} = JSON.parse(readFileSync('package.json', 'utf8')) as {dependencies: object};
  for (const name of [...Object.keys(dependencies), '@types/node', 'undici-types']) await link(folder, name);
  const [example] = examples.filter(({name}) => name === 'types.ts');
  await writeFile(join(folder, 'types.ts'), example?.code ?? '');
  const flags = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--target', 'es2022', '--types', 'node'];
  const {stdout} = await execa(
    'node',
    [resolve('node_modules/typescript/bin/tsc'), ...flags, '--module', 'nodenext', 'types.ts'],
    {cwd: folder, reject: false},
  );
  t.is(stdout, '');
});

/** A project with these packages, and the cassettes of the repository. */
async function project(
  t: ExecutionContext,
  packages: readonly string[] = ['retake', 'openai'],
): Promise<string> {
  const folder = await temporaryFolder(t);
  await cp('cassettes', join(folder, 'cassettes'), {recursive: true});
  for (const name of packages) await link(folder, name);
  return folder;
}

async function link(folder: string, name: string): Promise<void> {
  const path = join(folder, 'node_modules', name);
  await mkdir(dirname(path), {recursive: true});
  await symlink(name === 'retake' ? resolve('.') : resolve('node_modules', name), path);
}
