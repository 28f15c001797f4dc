import {existsSync, readdirSync} from 'node:fs';
import {cp, mkdir, readFile, writeFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {temporaryFolder} from '../support/temporary-folder.js';

// actionlint is required only in unattended builds.
const isCi = !['', '0', 'false', undefined].includes(process.env['CI']);
const program = actionlint();
const testIfLinted = program !== undefined || isCi ? test : test.skip;

const root = fileURLToPath(new URL('../../..', import.meta.url));

function actionlint(): string | undefined {
  const cache = existsSync('.cache') ? readdirSync('.cache') : [];
  const folder = cache.find(name => name.startsWith('actionlint-'));
  return folder && resolve('.cache', folder, 'actionlint');
}

testIfLinted('actionlint finds no fault in the workflows, nor in those of the guides', async t => {
  const folder = join(await temporaryFolder(t), '.github/workflows');
  await cp(join(root, '.github/workflows'), folder, {recursive: true});
  const guides = readdirSync(join(root, 'docs'), {recursive: true, encoding: 'utf8'});
  const pages = guides.filter(name => name.endsWith('.md')).map(name => join(root, 'docs', name));
  const texts = await Promise.all(pages.map(page => readFile(page, 'utf8')));
  const workflows = texts.flatMap(text =>
    [...text.matchAll(/```yaml[^\n]*\n([\s\S]*?)```/g)].map(([, yaml = '']) => yaml),
  );
  const whole = workflows.filter(yaml => /^on:/m.test(yaml) && /^jobs:/m.test(yaml));
  t.true(whole.length >= 6);
  for (const [index, yaml] of whole.entries()) await writeFile(join(folder, `guide-${index}.yml`), yaml);
  await execa('git', ['init', '--quiet'], {cwd: join(folder, '../..')});
  const {stdout, exitCode} = await execa(
    program ?? 'actionlint',
    ['-no-color', '-shellcheck=', '-pyflakes='],
    {
      cwd: join(folder, '../..'),
      reject: false,
    },
  );
  t.is(exitCode, 0, stdout);
});

async function projectWith(
  t: ExecutionContext,
  changelog: string,
): Promise<(tag: string) => Promise<{exitCode?: number; stdout: string; stderr: string}>> {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'scripts'));
  await cp(join(root, 'scripts/release-notes.mjs'), join(folder, 'scripts/release-notes.mjs'));
  await writeFile(join(folder, 'package.json'), JSON.stringify({type: 'module', version: '1.2.3'}));
  await writeFile(join(folder, 'CHANGELOG.md'), changelog);
  return async tag => execa('node', ['scripts/release-notes.mjs', tag], {cwd: folder, reject: false});
}

test('the notes of a release are the section of its version', async t => {
  const notes = await projectWith(
    t,
    '# Changelog\n\n## Unreleased\n\n- new\n\n## 1.2.3 (2026-12-01)\n\n- a\n- b\n\n## 1.2.2\n\n- old\n',
  );
  t.like(await notes('v1.2.3'), {exitCode: 0, stdout: '- a\n- b'});
  const other = await notes('v1.2.4');
  t.is(other.exitCode, 1);
  t.regex(other.stderr, /expected the tag v1\.2\.3/);
});

test('a version without a section is not released', async t => {
  const notes = await projectWith(t, '# Changelog\n\n## Unreleased\n\n- new\n');
  const {exitCode, stderr} = await notes('v1.2.3');
  t.is(exitCode, 1);
  t.regex(stderr, /no section 1\.2\.3/);
});
