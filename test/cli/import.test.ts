import {mkdir, readdir, readFile, rename, writeFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {retake, retakeProgram} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const recorded = resolve('test', 'operations', 'import', 'recorded-by-vcrpy.yaml');

const leftOut = `  left out   POST https://api.openai.com/v1/chat/completions  (chat.yaml, interaction 14)
    - HTTP 429: only complete answers are recorded. For errors, see docs/faults.md
`;

async function withCassetteOfVcrpy(t: Parameters<typeof temporaryFolder>[0]) {
  const directory = await temporaryFolder(t);
  await writeFile(join(directory, 'chat.yaml'), await readFile(recorded));
  return {directory, on: (...words: readonly string[]) => retake(t, words, {directory})};
}

test('`import` lists what it leaves out, exits with 1, and writes the rest', async t => {
  const {on} = await withCassetteOfVcrpy(t);
  const counts = 'chat.cassette: 7 interactions with 13 takes from 13 exchanges (VCR), 1 left out\n';

  const {stdout, stderr, exitCode} = await on('import', 'chat.yaml', 'chat.cassette');
  t.is(stdout, `${counts}${leftOut}`);
  t.is(stderr, '');
  t.is(exitCode, 1);
  t.is((await on('verify', 'chat.cassette')).exitCode, 0);
  t.regex((await on('ls', 'chat.cassette')).stdout, /Tell a joke +gpt-4o +3/);

  const again = await on('import', 'chat.yaml', 'chat.cassette');
  t.regex(again.stderr, /already.*--replace/s);
  t.is(again.exitCode, 1);
  const {stdout: json} = await on('import', 'chat.yaml', 'chat.cassette', '--replace', '--json');
  t.like(JSON.parse(json), {version: 1, format: 'VCR', dryRun: false, interactions: 7, takes: 13});
});

test('with `--dry-run`, `import` prints what docs/migration.md shows, and writes nothing', async t => {
  const {directory, on} = await withCassetteOfVcrpy(t);
  await mkdir(join(directory, 'tests', 'cassettes'), {recursive: true});
  await rename(join(directory, 'chat.yaml'), join(directory, 'tests', 'cassettes', 'chat.yaml'));
  const words = ['import', 'tests/cassettes/chat.yaml', 'cassettes/chat.cassette', '--dry-run'];
  const {stdout, exitCode} = await on(...words);
  t.regex(stdout, /Nothing was written\.\n$/);
  t.is(exitCode, 1);
  t.deepEqual(await readdir(directory), ['tests']);
  t.true((await readFile('docs/migration.md', 'utf8')).includes(`$ retake ${words.join(' ')}\n${stdout}`));
});

test('settings of the project apply to what is imported', async t => {
  const {directory, on} = await withCassetteOfVcrpy(t);
  await writeFile(join(directory, 'retake.config.json'), JSON.stringify({ignore: [{pattern: 'Tell.*'}]}));
  await on('import', 'chat.yaml', 'chat.cassette', '--forward-model');
  const {stdout} = await on('export', 'chat.cassette');
  t.regex(stdout, /"forwardModel":true/);
  t.false(stdout.includes('Tell a joke'));
});

test('at other hosts, `--dialect` names the API; without it, only what belongs to none is no failure', async t => {
  const {directory, on} = await withCassetteOfVcrpy(t);
  const text = (await readFile(join(directory, 'chat.yaml'), 'utf8')).replaceAll(
    'https://api.openai.com/',
    'https://gateway.example/',
  );
  await writeFile(join(directory, 'gateway.yaml'), text);
  const unnamed = await on('import', 'gateway.yaml', 'a.cassette', '--json');
  t.is(unnamed.exitCode, 1);
  const {imported, leftOut: left, otherHosts} = JSON.parse(unnamed.stdout);
  t.is(imported.length, 4);
  t.deepEqual(otherHosts, {'gateway.example': 1});
  t.is(left.length, 9);
  t.regex(left[0].reasons[0], /the host gateway\.example .* the option `dialect`/);
  const named = await on('import', 'gateway.yaml', 'b.cassette', '--dialect', 'openai');
  t.regex(named.stdout, /with 12 takes from 12 exchanges/);

  const others = text.slice(0, text.indexOf('- request:', 20)).replaceAll('/v1/chat/completions', '/status');
  await writeFile(join(directory, 'others.yaml'), `${others}version: 1\n`);
  const none = await on('import', 'others.yaml', 'c.cassette');
  t.is(
    none.stdout,
    'c.cassette: 0 interactions with 0 takes from 0 exchanges (VCR), 1 request to other hosts\n  other host gateway.example: 1 request\nThere was nothing to import, so no cassette was written.\n',
  );
  t.is(none.exitCode, 1);
});

test('a folder is one cassette, whose files may answer the same request', async t => {
  const {directory, on} = await withCassetteOfVcrpy(t);
  await writeFile(join(directory, 'second.yml'), await readFile(recorded));
  await writeFile(join(directory, 'package.json'), '{"name":"x"}');
  await writeFile(join(directory, 'broken.yaml'), 'a: [');
  const {stdout, exitCode} = await on('import', '.', 'all.cassette');
  t.is(exitCode, 1);
  t.regex(stdout, /from 26 exchanges \(VCR\), 4 left out/);
  t.regex(
    stdout,
    /imported +POST https:.*\(second\.yml, interaction 1\)\n +- chat\.yaml has the same request/,
  );
  t.regex(stdout, /package\.json, the whole file\)\n +- .*none of the formats/);
  t.regex(stdout, /broken\.yaml, the whole file\)\n +- .*is not YAML/);
});

test('stdin may have any of the formats', async t => {
  const {directory} = await withCassetteOfVcrpy(t);
  const pipe = async (input: string, name: string) => {
    const words = [retakeProgram, 'import', '-', name];
    return execa(process.execPath, words, {cwd: directory, input, reject: false, stripFinalNewline: false});
  };
  const yaml = await pipe(await readFile(recorded, 'utf8'), 'a.cassette');
  t.regex(yaml.stdout, /^a\.cassette: 7 interactions/);
  const {stdout: lines} = await retake(t, ['export', 'a.cassette'], {directory});
  const own = await pipe(lines, 'b.cassette');
  t.is(own.stdout, 'b.cassette: 7 interactions\n');
  t.is(own.exitCode, 0);
  const read = (name: string) => readFile(join(directory, name));
  t.deepEqual(await read('b.cassette'), await read('a.cassette'));
});
