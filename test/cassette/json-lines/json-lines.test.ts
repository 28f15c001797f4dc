import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import test, {type ExecutionContext} from 'ava';
import fc from 'fast-check';
import {cassetteKey, type MatchingView} from '../../../src/cassette/key/key.js';
import {exportCassette} from '../../../src/operations/export-cassette.js';
import {importCassette} from '../../../src/operations/import-cassette.js';
import {arbitraryFacts} from '../../support/arbitrary-facts.js';
import {arbitraryTake} from '../../support/arbitrary-take.js';
import {writeCassette} from '../../support/cassette-files.js';
import {recordingOf, takeOf} from '../../support/recordings.js';
import {writeStoredCassette} from '../../support/stored-cassette.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

test('importing an export gives the same bytes, and exporting again gives the same lines', async t => {
  const directory = await temporaryFolder(t);
  const [path, copy] = [join(directory, 'a.cassette'), join(directory, 'b.cassette')];
  const question = fc.string({unit: 'grapheme', minLength: 1, maxLength: 8});
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(question, fc.array(arbitraryTake, {minLength: 1, maxLength: 3})),
      arbitraryFacts,
      async (held, facts) => {
        await writeStoredCassette(path, held, {redact: [{name: 'pin', pattern: '\\d{4}'}]}, facts);
        const lines = await linesOf(path);
        await importCassette({from: Readable.from(lines), path: copy, replaces: true});
        t.deepEqual(await readFile(copy), await readFile(path));
        t.deepEqual(await linesOf(copy), lines);
      },
    ),
    {numRuns: 30},
  );
});

test('numbers keep their digits, properties keep their order, and line separators are escaped', async t => {
  const directory = await temporaryFolder(t);
  const view: MatchingView = {
    operation: 'chat',
    output: {type: 'json-schema', schema: {type: 'object', properties: {b: {}, a: {}}}},
    sampling: {seed: 12345678901234567890n, temperature: 0.1},
    turns: [{role: 'user', parts: [{type: 'text', text: 'Separators: \u2028 \u2029 \u0085'}]}],
  };
  const path = join(directory, 'a.cassette');
  await writeCassette(path, [{key: cassetteKey(view), view, take: takeOf('Yes\u2028')}]);
  await importCassette({
    from: Readable.from(await linesOf(path)),
    path: join(directory, 'b.cassette'),
    replaces: false,
  });
  t.deepEqual(await readFile(join(directory, 'b.cassette')), await readFile(path));
});

test('a changed request without a key gets a new key', async t => {
  const {lines, path, directory} = await exported(t);
  const changed = lines.map(line => line.replace('Hi', 'Ho').replace(/"key":"[^"]*",/, ''));
  const copy = join(directory, 'b.cassette');
  await importCassette({from: Readable.from(changed), path: copy, replaces: false});
  await writeCassette(join(directory, 'c.cassette'), [recordingOf('Ho', 'Hello')]);
  t.deepEqual(await readFile(copy), await readFile(join(directory, 'c.cassette')));
  t.notDeepEqual(await readFile(copy), await readFile(path));
});

const refuses = test.macro({
  async exec(t, change: (lines: readonly string[]) => readonly string[], message: RegExp) {
    const {lines, directory} = await exported(t);
    const path = join(directory, 'b.cassette');
    await t.throwsAsync(importCassette({from: Readable.from(change(lines)), path, replaces: false}), {
      message,
    });
    await t.throwsAsync(readFile(path), {code: 'ENOENT'});
  },
  title: title => `refuses ${title}, names the line, and writes nothing`,
});

test(
  'a request whose key does not match',
  refuses,
  lines => lines.map(line => line.replace('Hi', 'Ho')),
  /^Line 2 of the input .* has the key/,
);
test(
  'an answer whose length differs from its pieces',
  refuses,
  lines => lines.map(line => line.replace('Hello', 'Hello you')),
  /^Line 3 .*has pieces for/,
);
test(
  'a take without its request',
  refuses,
  ([head = '', , take = '']) => [head, take],
  /^Line 2 .*before any request/,
);
test(
  'a request without a take',
  refuses,
  ([head = '', question = '']) => [head, question],
  /^Line 2 .*no take follows/,
);
test(
  'a request that is there twice',
  refuses,
  ([head = '', ...rest]) => [head, ...rest, ...rest],
  /^Line 4 .*occurs twice/,
);
test('text that is not JSON', refuses, ([head = '']) => [head, 'nonsense\n'], /^Line 2 /);
test('other JSON lines', refuses, () => ['{"a":1}\n'], /^Line 1 .*does not begin with/);
test(
  'lines of a newer retake version',
  refuses,
  ([head = '', ...rest]) => [head.replace('"version":1', '"version":2'), ...rest],
  /^Line 1 .*version is 2/,
);
test('empty input', refuses, () => [], /there are no lines/);

test('an existing cassette is replaced only with the option to replace', async t => {
  const {lines, path} = await exported(t);
  await t.throwsAsync(importCassette({from: Readable.from(lines), path, replaces: false}), {
    message: /already/,
  });
  await importCassette({from: Readable.from(lines), path, replaces: true});
  t.deepEqual(await linesOf(path), lines);
});

async function exported(t: ExecutionContext) {
  const directory = await temporaryFolder(t);
  const path = join(directory, 'a.cassette');
  await writeCassette(path, [recordingOf('Hi', 'Hello')]);
  return {directory, path, lines: await linesOf(path)};
}

async function linesOf(path: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of exportCassette(path)) lines.push(line);
  return lines;
}
