import {open, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {writeCassette} from '../support/cassette-files.js';
import {recordingOf} from '../support/recordings.js';
import {retake, startRetake, untilMatch} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

test('`export` and `import` round-trip', async t => {
  const directory = await temporaryFolder(t);
  const read = (name: string) => readFile(join(directory, name));
  await writeCassette(join(directory, 'a.cassette'), [
    recordingOf('Hi', 'Hello'),
    recordingOf('Bye', 'Goodbye'),
  ]);
  const printed = await retake(t, ['export', 'a.cassette'], {directory});
  t.is((await retake(t, ['export', 'a.cassette', '--output', 'a.jsonl'], {directory})).stdout, '');
  t.is(printed.stdout, (await read('a.jsonl')).toString());
  const {exitCode, stdout} = await retake(t, ['import', 'a.jsonl', 'b.cassette'], {directory});
  t.is(exitCode, 0);
  t.is(stdout, 'b.cassette: 2 interactions\n');
  t.deepEqual(await read('b.cassette'), await read('a.cassette'));
});

test('`import` does not replace a cassette without an option, and reports an invalid line', async t => {
  const directory = await temporaryFolder(t);
  const path = await writeCassette(join(directory, 'a.cassette'), [recordingOf('Hi', 'Hello')]);
  const before = await readFile(path);
  await writeFile(join(directory, 'a.jsonl'), 'nonsense\n');
  const unasked = await retake(t, ['import', 'a.jsonl', 'a.cassette'], {directory});
  t.is(unasked.exitCode, 1);
  t.regex(unasked.stderr, /^retake: There is a cassette \S*a\.cassette already\n {2}.*--replace/);
  const wrong = await retake(t, ['import', 'a.jsonl', 'a.cassette', '--replace'], {directory});
  t.is(wrong.exitCode, 1);
  t.regex(wrong.stderr, /^retake: Line 1 of \S*a\.jsonl cannot be imported: /);
  t.deepEqual(await readFile(path), before);
  t.is((await retake(t, ['import', 'none.jsonl', 'b.cassette'], {directory})).exitCode, 1);
});

test('on a terminal, a slow command shows its progress and clears it at the end', async t => {
  const directory = await temporaryFolder(t);
  await writeCassette(join(directory, 'a.cassette'), [recordingOf('Hi', 'Hello')]);
  const {stdout: lines} = await retake(t, ['export', 'a.cassette'], {directory});
  const pipe = join(directory, 'lines');
  await execa('mkfifo', [pipe]);
  const words = ['import', 'lines', 'b.cassette'];
  const started = await startRetake(t, words, {directory, terminal: 80});
  const feeding = open(pipe, 'w');
  await untilMatch(started, started.output, /Importing into b\.cassette …/);
  const feed = await feeding;
  await feed.writeFile(lines);
  await feed.close();
  const {exitCode, stdout} = await started.child;
  t.is(exitCode, 0);
  t.true(stdout.includes('\u001b[2K'));
  t.regex(stdout, /b\.cassette: 1 interaction\r?\n$/);
});
