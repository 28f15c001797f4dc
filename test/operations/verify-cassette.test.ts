import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import Database from 'better-sqlite3';
import {canonicalHeaderFields} from '../../src/cassette/file/header.js';
import {openCassetteFile} from '../../src/cassette/file/open-cassette-file.js';
import {cassetteKey} from '../../src/cassette/key/key.js';
import type {RedactRule} from '../../src/cassette/key/key-settings.js';
import {verifyCassette} from '../../src/operations/verify-cassette.js';
import {someFacts} from '../support/arbitrary-facts.js';
import {writeCassette} from '../support/cassette-files.js';
import {keyOf, recordingOf, takeOf} from '../support/recordings.js';
import {writeStoredCassette} from '../support/stored-cassette.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const badge: RedactRule = {name: 'badge', pattern: '\\bB-\\d{4}'};

/** Ways to combine two versions of a file into one. */
const blendings: readonly {
  readonly title: string;
  readonly blend: (ours: Buffer, theirs: Buffer) => Buffer;
  readonly message?: RegExp;
}[] = [
  {
    title: 'concatenated',
    blend: (ours, theirs) => Buffer.concat([ours, theirs]),
    message: /two SQLite files/,
  },
  {
    title: 'conflict markers around both',
    blend: (ours, theirs) =>
      Buffer.from(
        `<<<<<<< HEAD\n${ours.toString('latin1')}\n=======\n${theirs.toString('latin1')}\n>>>>>>> topic\n`,
        'latin1',
      ),
    message: /conflict markers/,
  },
  {
    title: 'conflict markers within',
    blend: (ours, theirs) =>
      Buffer.concat([
        ours.subarray(0, 2048),
        Buffer.from('\n<<<<<<< HEAD\n'),
        ours.subarray(2048),
        Buffer.from('\n=======\n'),
        theirs,
        Buffer.from('\n>>>>>>> topic\n'),
      ]),
    message: /conflict markers/,
  },
  {
    title: 'half the pages of each',
    blend: (ours, theirs) => Buffer.concat([ours.subarray(0, 3072), theirs.subarray(3072)]),
  },
];

test('a cassette that retake wrote is valid', async t => {
  const path = await recordedCassette(t);
  const {digest, ...report} = await verifyCassette(path);
  t.deepEqual(report, {path, isValid: true, interactions: 3, takes: 4, findings: []});
  t.regex(digest ?? '', /^[0-9a-f]{64}$/);
});

test('cassettes with the same content have the same digest, others have different ones', async t => {
  const [first, second] = [await recordedCassette(t), await recordedCassette(t)];
  const digestOf = async (path: string) => (await verifyCassette(path)).digest;
  t.is(await digestOf(first), await digestOf(second));
  const cassette = await openCassetteFile({path: second, writable: true});
  await cassette.add(recordingOf('One more', 'Yes'));
  await cassette.close();
  t.not(await digestOf(first), await digestOf(second));
});

test('a file that is missing or not a cassette is reported, not thrown', async t => {
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
  'a changed request',
  finds,
  `UPDATE interactions SET request = replace(request, 'Hi', 'Ho') WHERE key = '${keyOf('Hi')}'`,
  {
    code: 'interaction',
    message: /its request does not match its key/,
    place: keyOf('Hi'),
  },
);
test('a changed answer', finds, `UPDATE takes SET chunks = replace(chunks, 'Goodbye', 'Badbye')`, {
  code: 'interaction',
  message: /take 1: it does not match its digest/,
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
test('takes without an interaction', finds, `DELETE FROM interactions WHERE key = '${keyOf('Bye')}'`, {
  code: 'structure',
  message: /1 takes belong to no interaction/,
});
test('tables that retake did not create', finds, 'CREATE TABLE notes(text)', {
  code: 'unusable',
  message: /has a table that retake did not create: "notes"/,
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

test('finds a possible secret, and reports its place without the secret', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  const key = `sk-proj-${'a1B2'.repeat(10)}`;
  await writeStoredCassette(path, {
    [`My key is ${key}`]: [takeOf(['Yours is ', key.slice(0, 12), key.slice(12)])],
  });
  const report = await verifyCassette(path);
  t.false(report.isValid);
  t.deepEqual(
    report.findings.map(({code, place, message}) => [code, place, message.split(' looks')[0]]),
    [
      ['secret', keyOf(`My key is ${key}`), 'request/turns/0/parts/0/text'],
      ['secret', keyOf(`My key is ${key}`), 'answer'],
    ],
  );
  t.false(JSON.stringify(report).includes(key));
});

test('looks for the secrets of the cassette and of the configuration, and ignores placeholders', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  await writeStoredCassette(
    path,
    {'Badge B-1234, pin 5678, <redacted:api-key:1>': ['Yes']},
    {redact: [badge]},
  );
  const rulesFound = async (redact: readonly RedactRule[]) =>
    (await verifyCassette(path, {redact})).findings.map(({message}) => /rule ([\w-]+)/.exec(message)?.[1]);
  t.deepEqual(await rulesFound([]), ['badge']);
  t.deepEqual(await rulesFound([{name: 'pin', pattern: '\\bpin \\d+'}]), ['badge', 'pin']);
});

for (const {title, blend, message} of blendings) {
  test(`reports a text-merged file: ${title}`, async t => {
    const folder = await temporaryFolder(t);
    const path = join(folder, 'a.cassette');
    const [ours, theirs] = await Promise.all([
      writeStoredCassette(join(folder, 'ours'), {'Hi?': ['Ho']}),
      writeStoredCassette(join(folder, 'theirs'), {'Hi?': ['Hey'], 'Who?': ['Me']}),
    ]);
    writeFileSync(path, blend(readFileSync(ours), readFileSync(theirs)));
    const {isValid, findings} = await verifyCassette(path);
    t.false(isValid);
    t.is(findings[0]?.code, message ? 'blended' : findings[0]?.code);
    if (message) t.regex(findings[0]?.message ?? '', message);
  });
}

test('warns of a file that is too large for git servers', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  await writeStoredCassette(path, {'Much?': ['word '.repeat(11_000_000)]});
  const {isValid, findings} = await verifyCassette(path);
  t.true(isValid);
  t.deepEqual(
    findings.map(({code, severity}) => [code, severity]),
    [['large', 'warning']],
  );
});

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

/** Changes a cassette and hides the change: the counters of the header are as retake sets them. */
function changeUnseen(path: string, statement: string): void {
  const database = new Database(path);
  database.unsafeMode(true);
  database.exec(statement);
  database.close();
  const bytes = readFileSync(path);
  for (const {offset, value} of canonicalHeaderFields) bytes.writeUInt32BE(value, offset);
  writeFileSync(path, bytes);
}

test('facts about attachments are checked, too', async t => {
  const path = await rememberingCassette(t);
  t.like(await verifyCassette(path), {isValid: true, findings: []});
  const changes = {
    "UPDATE renders SET pages = replace(pages, 'two', 'too')":
      /the render of the PDF .* does not match its digest/,
    "UPDATE refs SET mediaType = 'text/html'": /https:\/\/a\.example.* does not match its digest/,
    "UPDATE media SET bytes = x'00'": /the thumbnail .* its bytes do not match its digest/,
  };
  for (const [statement, message] of Object.entries(changes)) {
    const changed = await rememberingCassette(t);
    changeUnseen(changed, statement);
    const {isValid, findings} = await verifyCassette(changed);
    t.false(isValid);
    t.regex(findings.find(({code}) => code === 'fact')?.message ?? '', message);
  }
});

test('facts about unused attachments are reported', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  await writeCassette(path, [{...recordingOf('Hi', 'Hello'), facts: someFacts}]);
  const {isValid, findings} = await verifyCassette(path);
  t.true(isValid);
  t.deepEqual(
    findings.map(({code, severity}) => [code, severity]),
    [
      ['orphaned-media', 'warning'],
      ['orphaned-media', 'warning'],
    ],
  );
});

test('cassettes with different facts have different digests', async t => {
  const [plain, remembering] = [await recordedCassette(t), await recordedCassette(t)];
  const cassette = await openCassetteFile({path: remembering, writable: true});
  await cassette.media.learn(someFacts);
  await cassette.close();
  t.not((await verifyCassette(plain)).digest, (await verifyCassette(remembering)).digest);
});

/** A question about a document for which every fact is stored. */
async function rememberingCassette(t: ExecutionContext): Promise<string> {
  const path = join(await temporaryFolder(t), 'a.cassette');
  const pages = someFacts.renders[0]?.pages.map(page => ({...page})) ?? [];
  const view = {
    operation: 'chat',
    turns: [{role: 'user', parts: [{type: 'document', render: {pageSize: 896, maxPages: 100}, pages}]}],
  };
  const recording = {key: cassetteKey(view), view, take: takeOf('Two pages'), facts: someFacts};
  return writeCassette(path, [recording]);
}
