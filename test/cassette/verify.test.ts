import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import Database from 'better-sqlite3';
import {canonicalHeaderFields} from '../../src/cassette/file/header.js';
import {openCassetteFile} from '../../src/cassette/file/open-cassette-file.js';
import {verifyCassette} from '../../src/cassette/verify.js';
import {keyOf, recordingOf, takeOf} from '../support/recordings.js';
import {temporaryFolder} from '../support/temporary-folder.js';

test('a cassette that retake wrote is valid', async t => {
  const path = await recordedCassette(t);
  const {digest, ...report} = await verifyCassette(path);
  t.deepEqual(report, {path, isValid: true, interactions: 3, takes: 4, findings: []});
  t.regex(digest ?? '', /^[0-9a-f]{64}$/);
});

test('cassettes with the same content have the same digest, and others another one', async t => {
  const [first, second] = [await recordedCassette(t), await recordedCassette(t)];
  const digestOf = async (path: string) => (await verifyCassette(path)).digest;
  t.is(await digestOf(first), await digestOf(second));
  const cassette = await openCassetteFile({path: second, writable: true});
  await cassette.add(recordingOf('One more', 'Yes'));
  await cassette.close();
  t.not(await digestOf(first), await digestOf(second));
});

test('a file that is missing, or is no cassette, is reported and not thrown', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  t.like(await verifyCassette(path), {
    isValid: false,
    interactions: 0,
    findings: [{code: 'missing', place: path}],
  });
  writeFileSync(path, 'nonsense');
  t.like(await verifyCassette(path), {
    isValid: false,
    interactions: 0,
    findings: [{code: 'unusable', place: path}],
  });
});

const finds = test.macro({
  async exec(t, statement: string, expected: {code: string; message: RegExp; place?: string}) {
    const path = await recordedCassette(t);
    changeUnseen(path, statement);
    const report = await verifyCassette(path);
    t.false(report.isValid);
    const found = report.findings.find(({code}) => code === expected.code);
    t.regex(found?.message ?? '', expected.message);
    t.is(found?.place, expected.place ?? path);
  },
  title: title => `finds ${title}`,
});

test(
  'a request that was changed',
  finds,
  `UPDATE interactions SET request = replace(request, 'Hi', 'Ho') WHERE key = '${keyOf('Hi')}'`,
  {
    code: 'interaction',
    message: /its request does not give its key/,
    place: keyOf('Hi'),
  },
);
test('an answer that was changed', finds, `UPDATE takes SET chunks = replace(chunks, 'Goodbye', 'Badbye')`, {
  code: 'interaction',
  message: /take 1: it does not give its digest/,
  place: keyOf('Bye'),
});
test('an interaction without takes', finds, `DELETE FROM takes WHERE chunks LIKE '%Goodbye%'`, {
  code: 'interaction',
  message: /it has no take/,
  place: keyOf('Bye'),
});
test(
  'an interaction in another row',
  finds,
  `UPDATE interactions SET id = 5 WHERE key = '${keyOf('Bye')}'; UPDATE takes SET interaction = 5 WHERE chunks LIKE '%Goodbye%'`,
  {
    code: 'interaction',
    message: /stands in the row 5/,
    place: keyOf('Bye'),
  },
);
test('takes that belong to nothing', finds, `DELETE FROM interactions WHERE key = '${keyOf('Bye')}'`, {
  code: 'structure',
  message: /1 takes belong to no interaction/,
});
test('tables that retake did not make', finds, 'CREATE TABLE notes(text)', {
  code: 'not-canonical',
  message: /not those that its content gives/,
});
test(
  'a damaged index',
  finds,
  "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 2 WHERE type = 'index' AND tbl_name = 'takes'",
  {
    code: 'structure',
    message: /./,
  },
);

async function recordedCassette(t: ExecutionContext): Promise<string> {
  const path = join(await temporaryFolder(t), 'a.cassette');
  const cassette = await openCassetteFile({path, writable: true});
  await cassette.add(recordingOf('Hi', takeOf('Hello', 1)));
  await cassette.add(recordingOf('Hi', takeOf('Hey', 2)));
  await cassette.add(recordingOf('Bye', takeOf('Goodbye', 3)));
  await cassette.add(recordingOf('What?', takeOf('Nothing', 4)));
  await cassette.close();
  return path;
}

/** Changes a cassette and hides it: the counters of the header stand as retake sets them. */
function changeUnseen(path: string, statement: string): void {
  const database = new Database(path);
  database.unsafeMode(true);
  database.exec(statement);
  database.close();
  const bytes = readFileSync(path);
  for (const {offset, value} of canonicalHeaderFields) bytes.writeUInt32BE(value, offset);
  writeFileSync(path, bytes);
}
