import {readFileSync} from 'node:fs';
import test from 'ava';
import {execa} from 'execa';

const {repository}: {repository: {url: string}} = JSON.parse(readFileSync('package.json', 'utf8'));
const [, owner = ''] = /github\.com\/([^/]+)\/retake\.git$/.exec(repository.url) ?? [];

/** Who publishes retake names the repository in package.json, and then here: the test below says which files do not agree. */
const filesWithAddress = [
  'docs/go.md', // the import path of the module
  'docs/tutorial.md',
  'examples/kits/go/capitals_test.go',
  'examples/kits/go/go.mod',
  'kits/go/retaketest/go.mod',
  'kits/python/README.md',
  'kits/python/pyproject.toml',
  'package.json',
];

async function filesWith(pattern: string): Promise<readonly string[]> {
  const {stdout} = await execa('git', ['grep', '-lE', pattern, '--', '.', ':!test', ':!scripts'], {
    reject: false,
  });
  return stdout.split('\n').filter(file => file !== '');
}

test('the address of the repository is in these files alone, and the same in all', async t => {
  t.not(owner, '');
  t.deepEqual(await filesWith(`${owner}/retake`), filesWithAddress);
  t.deepEqual(await filesWith('github\\.com/[A-Za-z-]+/retake\\b'), filesWithAddress);
});

test('nothing is left to do in code and pages', async t => {
  t.deepEqual(await filesWith('\\b(TODO|FIXME|XXX)\\b'), []);
});
