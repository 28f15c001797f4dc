import {copyFileSync, readFileSync, writeFileSync} from 'node:fs';
import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import Database from 'better-sqlite3';
import {execa} from 'execa';
import {openCassetteFile} from '../../../src/cassette/file/open-cassette-file.js';
import {cassetteSchema, factsVersion} from '../../../src/cassette/file/schema.js';
import {createSessionFile, openLeftSession} from '../../../src/cassette/file/session-file.js';
import {distrust, findForeignSchema} from '../../../src/cassette/file/trusted-database.js';
import {defaultKeySettings} from '../../../src/cassette/key/key-settings.js';
import {verifyCassette} from '../../../src/operations/verify-cassette.js';
import {interactionsIn, writeCassette} from '../../support/cassette-files.js';
import {recordingOf} from '../../support/recordings.js';
import {retake, serve} from '../../support/retake.js';
import {writeStoredCassette} from '../../support/stored-cassette.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

/** Rows without end, for a query that reads all of them and for one that looks for an id. */
const endless = (columns: string) =>
  `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT ${columns} FROM n`;

const attacks: Readonly<Record<string, string>> = {
  'an endless view instead of the settings': `DROP TABLE settings; CREATE VIEW settings AS ${endless("'a' AS name, 'b' AS value")}`,
  'an endless view instead of the interactions': `DROP TABLE interactions; CREATE VIEW interactions AS ${endless("i AS id, 'k' AS key, '{}' AS request")}`,
  'a trigger': 'CREATE TRIGGER t AFTER INSERT ON takes BEGIN DELETE FROM takes; END',
  'a table': 'CREATE TABLE songs(title)',
  'a table in the place of another':
    'DROP TABLE takes; CREATE TABLE takes(interaction, position, chunks, provenance, digest)',
  'a view': 'CREATE VIEW v AS SELECT 1',
  'an index on an expression': 'CREATE INDEX i ON takes(length(chunks))',
  'a column': 'ALTER TABLE interactions ADD COLUMN mood TEXT',
  'a generated column': 'ALTER TABLE takes ADD COLUMN g TEXT AS (hex(zeroblob(100000000))) VIRTUAL',
  'no table of takes': 'DROP TABLE takes',
};

for (const [name, sql] of Object.entries(attacks)) {
  test(`a cassette with ${name} is refused, also with the counters of its header written back`, async t => {
    const path = await attackedCassette(t, sql);
    const begin = process.cpuUsage();
    for (const writable of [false, true]) {
      const error = await t.throwsAsync(openCassetteFile({path, writable}), {code: 'cassette_invalid'});
      t.regex(error?.message ?? '', /was changed by another program: it (has|lacks)/);
    }
    t.true(process.cpuUsage(begin).user < 1_000_000);
  });
}

test('each command refuses an endless view at once', async t => {
  for (const name of ['settings', 'interactions']) {
    const path = await attackedCassette(t, attacks[`an endless view instead of the ${name}`] ?? '');
    const directory = await temporaryFolder(t);
    await execa('git', ['init', '-q', '-b', 'main', directory]);
    await mkdir(join(directory, 'cassettes'));
    const target = join(directory, 'cassettes', 'a.cassette');
    await writeCassette(target, [recordingOf('Hi', 'Hello')]);
    await git(directory, 'add', '.');
    await git(directory, 'commit', '-q', '-m', 'one');
    copyFileSync(path, target);
    for (const words of [
      ['ls'],
      ['verify'],
      ['textconv', target],
      ['show', '1', '--cassette', target],
      ['diff'],
      ['review', '--base', 'HEAD'],
    ]) {
      const {stdout, stderr, signal} = await retake(t, words, {directory});
      t.is(signal, undefined, words.join(' '));
      t.regex(stdout + stderr, /changed by another program/, words.join(' '));
    }
    const started = await retake(t, ['serve', '--port', '0', '--mode', 'replay'], {directory});
    t.regex(started.stderr, /changed by another program/);
    await git(directory, 'checkout', '-q', '--', '.');
    const server = await serve(t, ['--mode', 'replay'], {directory});
    copyFileSync(path, target);
    const body = {model: 'm', messages: [{role: 'user', content: 'Hi'}]};
    const response = await fetch(`${server.address}/@a/v1/chat/completions`, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify(body),
    });
    t.regex(await response.text(), /changed by another program/);
    server.child.kill('SIGTERM');
    t.is((await server.child).exitCode, 0);
  }
});

test('a session file with anything else in it is not brought in, and stays', async t => {
  for (const sql of [
    'CREATE TRIGGER t AFTER DELETE ON recordings BEGIN DELETE FROM progress; END',
    `DROP TABLE interactions; CREATE VIEW interactions AS ${endless("i AS id, 'k' AS key, '{}' AS request, 0 AS replaces")}`,
  ]) {
    const path = join(await temporaryFolder(t), 'left.session');
    createSessionFile(path, defaultKeySettings).close();
    new Database(path).exec(sql).close();
    t.throws(() => openLeftSession(path), {code: 'cassette_invalid', message: /is a session file that/});
  }
  const path = join(await temporaryFolder(t), 'left.session');
  createSessionFile(path, defaultKeySettings).close();
  const session = openLeftSession(path);
  t.truthy(session);
  session?.close();
});

test('the expected schema is the one that is written', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  await writeStoredCassette(path, {Hi: ['Hello']});
  const database = new Database(path, {readonly: true});
  distrust(database);
  t.is(findForeignSchema(database, cassetteSchema(1)), undefined);
  t.regex(findForeignSchema(database, cassetteSchema(factsVersion)) ?? '', /lacks the table renders/);
  t.throws(() => database.exec('PRAGMA writable_schema = ON; DELETE FROM sqlite_schema'), {any: true});
  database.close();
});

test('pages that refer to each other without end are refused', async t => {
  const takes = Array.from({length: 300}, (_, index) => recordingOf(`Question ${index}`, 'x'.repeat(50)));
  const path = await writeCassette(join(await temporaryFolder(t), 'a.cassette'), takes);
  const bytes = readFileSync(path);
  // Every reference within a table goes to the page before: 100 references on each of 18 levels would be 10^36 rows.
  const [interiors, leaves] = [tablePages(bytes, 0x05), tablePages(bytes, 0x0d)];
  const root = 3;
  t.true(interiors.includes(root));
  const leaf = leaves.find(page => page > root) ?? 0;
  const chain = [root, ...interiors.filter(page => page > root)];
  for (const [index, page] of chain.entries()) pointAt(bytes, page, chain[index + 1] ?? leaf);
  writeFileSync(path, bytes);
  const cassette = await openCassetteFile({path, writable: false});
  t.teardown(() => cassette.close());
  await t.throwsAsync(
    async () => {
      for await (const _ of cassette.views());
    },
    {code: 'cassette_invalid'},
  );
  const {exitCode} = await retake(t, ['verify', path]);
  t.is(exitCode, 1);
});

test('a long request with many short answers is not more than its file', async t => {
  const question = 'A long question. '.repeat(500);
  const path = join(await temporaryFolder(t), 'a.cassette');
  await writeStoredCassette(path, {[question]: Array.from({length: 200}, (_, index) => String(index))});
  const [interaction] = await interactionsIn(path);
  t.is(interaction?.takes.length, 200);
  t.like(await verifyCassette(path), {isValid: true, takes: 200});
});

test("another program's journal beside a cassette is named, and not played back", async t => {
  const path = await writeCassette(join(await temporaryFolder(t), 'a.cassette'), [
    recordingOf('Hi', 'Hello'),
  ]);
  const bytes = readFileSync(path);
  writeFileSync(`${path}-journal`, Buffer.alloc(1024, 1));
  for (const writable of [true, false]) {
    await t.throwsAsync(openCassetteFile({path, writable}), {
      code: 'cassette_invalid',
      message: /cannot be used while .*a\.cassette-journal is beside it/,
    });
  }
  t.deepEqual(readFileSync(path), bytes);
});

test('a schema whose pages refer to each other is refused before SQLite reads it', async t => {
  const path = await writeCassette(join(await temporaryFolder(t), 'a.cassette'), [
    recordingOf('Hi', 'Hello'),
  ]);
  const bytes = readFileSync(path);
  // The first page becomes an inner one with two references to a page of another table.
  bytes[100] = 0x05;
  bytes.writeUInt16BE(1, 103);
  bytes.writeUInt32BE(3, 108);
  bytes.writeUInt16BE(1000, 112);
  bytes.writeUInt32BE(3, 1000);
  writeFileSync(path, bytes);
  await t.throwsAsync(openCassetteFile({path, writable: false}), {message: /table of tables/});
});

async function attackedCassette(t: ExecutionContext, sql: string): Promise<string> {
  const path = await writeCassette(join(await temporaryFolder(t), 'a.cassette'), [
    recordingOf('Hi', 'Hello'),
  ]);
  const honest = readFileSync(path);
  const database = new Database(path);
  database.exec(sql);
  database.close();
  const bytes = readFileSync(path);
  for (const [from, to] of [
    [24, 28],
    [40, 44],
    [92, 100],
  ] as const) {
    honest.copy(bytes, from, from, to);
  }
  writeFileSync(path, bytes);
  return path;
}

function tablePages(bytes: Buffer, type: number): number[] {
  const pages: number[] = [];
  for (let page = 2; page <= bytes.length / 1024; page++) {
    if (bytes[(page - 1) * 1024] === type) pages.push(page);
  }
  return pages;
}

/** Lets every reference of an inner page lead to one page. */
function pointAt(bytes: Buffer, page: number, target: number): void {
  const start = (page - 1) * 1024;
  const count = bytes.readUInt16BE(start + 3);
  bytes.writeUInt32BE(target, start + 8);
  for (let cell = 0; cell < count; cell++) {
    bytes.writeUInt32BE(target, start + bytes.readUInt16BE(start + 12 + 2 * cell));
  }
}

async function git(directory: string, ...words: string[]): Promise<void> {
  await execa('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...words], {cwd: directory});
}
