import {readdirSync, readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {execa} from 'execa';
import {referencePages} from '../../cli/output/reference-pages.js';
import {loadProgram} from '../../cli/program.js';
import {settingList} from '../../src/config/setting-list.js';
import {errorReference} from '../../src/report/error-reference.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

const pages = loadProgram({environment: {}, directory: '.'}).then(referencePages);

test('the generated pages are up to date', async t => {
  t.timeout(300_000, 'the types of the library are read with the compiler');
  const folder = await temporaryFolder(t);
  await execa('node', ['scripts/write-reference.mjs', folder], {cwd: root});
  const files = readdirSync(folder);
  t.deepEqual(
    readdirSync(`${root}docs/reference`).filter(file => file.endsWith('.md')),
    files,
  );
  for (const file of files)
    t.is(
      readFileSync(`${root}docs/reference/${file}`, 'utf8'),
      readFileSync(`${folder}/${file}`, 'utf8'),
      'run `node scripts/write-reference.mjs` after a build',
    );
});

test('the causes and remedies of errors name flags that exist', async t => {
  const {'cli.md': commands = ''} = await pages;
  const settings = new Set(settingList.map(({flag}) => flag));
  for (const {cause, remedy} of Object.values(errorReference)) {
    for (const [flag] of `${cause} ${remedy}`.matchAll(/--[a-z-]+/g))
      t.true(settings.has(flag) || commands.includes(`${flag} `), flag);
  }
});
