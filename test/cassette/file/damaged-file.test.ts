import {appendFileSync, copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import Database from 'better-sqlite3';
import type {Cassette} from '../../../src/cassette/cassette.js';
import {openCassetteFile} from '../../../src/cassette/file/open-cassette-file.js';
import {keyOf, recordingOf} from '../../support/recordings.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

/** Damages a cassette, and expects that opening or querying it reports this and leaves the file unchanged. */
const refuses = test.macro({
  async exec(t, damage: (path: string) => void, expected: {message: RegExp; hint?: RegExp}) {
    const path = await recordedCassette(t);
    damage(path);
    const bytes = readFileSync(path);
    for (const writable of [true, false]) {
      const error = await t.throwsAsync(askCassette(path, writable), {
        code: 'cassette_invalid',
        message: expected.message,
      });
      t.true(error?.message.includes(path), error?.message);
      t.regex((error as {hint?: string} | undefined)?.hint ?? '', expected.hint ?? /git checkout/);
    }
    t.deepEqual(readFileSync(path), bytes);
  },
  title: title => `refuses ${title}`,
});

test('an empty file', refuses, path => truncateSync(path), {message: /is empty/});
test('a file cut within its header', refuses, path => truncateSync(path, 60), {
  message: /truncated.*60 bytes/,
});
test('a file cut within a page', refuses, path => truncateSync(path, 3000), {
  message: /truncated: it has 3000 of/,
});
test('a file cut at a page', refuses, path => truncateSync(path, 2048), {message: /truncated/});
test('a file with trailing bytes', refuses, path => appendFileSync(path, 'more'), {
  message: /4 bytes after its end/,
});
test(
  'a file that is not a database',
  refuses,
  path => writeFileSync(path, 'interactions:\n- request: Hi\n'.repeat(9)),
  {
    message: /does not begin like a SQLite database/,
    hint: /another path/,
  },
);
test(
  'a Git LFS pointer',
  refuses,
  path => writeFileSync(path, 'version https://git-lfs.github.com/spec/v1\noid 1\n'),
  {
    message: /Git LFS pointer/,
    hint: /git lfs pull/,
  },
);
test(
  "another program's database",
  refuses,
  path => {
    truncateSync(path);
    new Database(path).exec('CREATE TABLE songs(title)').close();
  },
  {message: /another program/, hint: /another path/},
);
test('a cassette of a newer retake version', refuses, path => overwrite(path, 60, [0, 0, 0, 99]), {
  message: /newer retake: its format is 99/,
  hint: /Update retake/,
});
test('a cassette that another program has set to WAL mode', refuses, path => overwrite(path, 18, [2, 2]), {
  message: /WAL mode/,
});
test(
  'a cassette that another program has written to',
  refuses,
  path => {
    new Database(path).exec("UPDATE interactions SET request = replace(request, 'Hi', 'Ho')").close();
  },
  {message: /changed by another program/},
);
test('a request that was edited in place', refuses, path => replaceText(path, '"text":"Hi"', '"text":"Ho"'), {
  message: /damaged in the interaction 1:[0-9a-f]{64}: its request does not match its key/,
});
test('an answer that was edited in place', refuses, path => replaceText(path, 'Hello there', 'Hello where'), {
  message: /take 1: it does not match its digest/,
});
test(
  'settings that were edited in place',
  refuses,
  path => replaceText(path, 'forwardModelfalse', 'forwardModelfalsy'),
  {
    message: /setting "forwardModel" that is not JSON/,
  },
);
test(
  'tables that are not those of a cassette',
  refuses,
  path => replaceText(path, 'TABLE takes(', 'TABLE tales('),
  {
    message: /damaged/,
  },
);

test('a row that is read through an overwritten page is refused', async t => {
  const path = await recordedCassette(t);
  const bytes = readFileSync(path);
  for (let page = 1; page < bytes.length / 1024; page++)
    overwrite(path, page * 1024, [99, 99, 99, 99, 99, 99, 99]);
  await t.throwsAsync(askCassette(path, false), {code: 'cassette_invalid', message: /damaged/});
});

test('a folder where a cassette file is expected is refused', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  mkdirSync(path);
  await t.throwsAsync(askCassette(path, true), {code: 'cassette_invalid', message: /is a folder/});
});

test('a file that is damaged while open is reported by each request until it is restored', async t => {
  const path = await recordedCassette(t);
  let time = 0;
  const cassette = await openCassetteFile({path, writable: true, now: () => time});
  t.teardown(() => cassette.close());
  const {revision} = cassette;
  copyFileSync(path, `${path}.saved`);
  truncateSync(path, 2048);
  time += 1000;
  cassette.refresh();
  t.true(cassette.revision > revision);
  await t.throwsAsync(cassette.find(keyOf('Hi')), {code: 'cassette_invalid', message: /truncated/});
  await t.throwsAsync(cassette.add(recordingOf('Bye', 'Goodbye')), {code: 'cassette_invalid'});
  copyFileSync(`${path}.saved`, path);
  time += 1000;
  t.truthy(await cassette.find(keyOf('Hi')));
});

async function recordedCassette(t: ExecutionContext): Promise<string> {
  const path = join(await temporaryFolder(t), 'a.cassette');
  const cassette = await openCassetteFile({path, writable: true});
  await cassette.add(recordingOf('Hi', 'Hello there'));
  await cassette.close();
  return path;
}

async function askCassette(path: string, writable: boolean): Promise<void> {
  let cassette: Cassette | undefined;
  try {
    cassette = await openCassetteFile({path, writable});
    await cassette.find(keyOf('Hi'));
  } finally {
    await cassette?.close();
  }
}

function overwrite(path: string, offset: number, values: readonly number[]): void {
  const bytes = readFileSync(path);
  bytes.set(values, offset);
  writeFileSync(path, bytes);
}

function replaceText(path: string, text: string, replacement: string): void {
  const bytes = readFileSync(path);
  const offset = bytes.indexOf(text);
  if (offset === -1) throw new Error(`there is no ${text} in the file`);
  bytes.write(replacement, offset);
  writeFileSync(path, bytes);
}
