import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import fc from 'fast-check';
import {copyCassettes} from '../../src/operations/copy-cassettes.js';
import {arbitraryFacts, digestOf} from '../support/arbitrary-facts.js';
import {arbitraryTake} from '../support/arbitrary-take.js';
import {postgresTest as test, useServer} from '../support/postgres-server.js';
import {takeOf} from '../support/recordings.js';
import {type StoredTakes, writeStoredCassette} from '../support/stored-cassette.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const server = useServer();
let stores = 0;

const newStore = () => `${server().address}?cassette=copy-${stores++}`;

async function folderWith(t: ExecutionContext, held: StoredTakes) {
  const folder = await temporaryFolder(t);
  return {folder, path: await writeStoredCassette(join(folder, 'a.cassette'), held)};
}

const many = (count: number): StoredTakes =>
  Object.fromEntries(Array.from({length: count}, (_, index) => [`question ${index}`, [`answer ${index}`]]));

test('a copy by way of a database gives the same bytes', async t => {
  const folder = await temporaryFolder(t);
  const [path, back] = [join(folder, 'a.cassette'), join(folder, 'back.cassette')];
  const question = fc.string({unit: 'grapheme', minLength: 1, maxLength: 8});
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(question, fc.array(arbitraryTake, {minLength: 1, maxLength: 4}), {minKeys: 1}),
      arbitraryFacts,
      async (held, facts) => {
        await writeStoredCassette(path, held, {redact: [{name: 'pin', pattern: '\\d{4}'}]}, facts);
        const store = newStore();
        const target = join(folder, `${stores}.cassette`);
        await copyCassettes({from: path, to: store});
        await copyCassettes({from: store, to: target});
        t.deepEqual(await readFile(target), await readFile(path));
      },
    ),
    {numRuns: 15},
  );
  const text = {
    url: digestOf('u'),
    shown: 'https://a.example/',
    sha256: digestOf('s'),
    mediaType: 'text/plain',
  };
  await writeStoredCassette(
    path,
    {Hi: ['Hello', 'Hello', takeOf('\0\ud83d\ude00')]},
    {},
    {
      renders: [],
      media: [],
      references: [{...text, text: 'a\0b'}],
    },
  );
  const store = newStore();
  await copyCassettes({from: path, to: store});
  await copyCassettes({from: store, to: back});
  t.deepEqual(await readFile(back), await readFile(path));
});

test('a folder is copied cassette by cassette, and what is there already stays', async t => {
  const {folder} = await folderWith(t, many(250));
  await writeStoredCassette(join(folder, 'b.cassette'), {Hi: [takeOf('Hello', 1)]});
  const database = `copies${stores++}`;
  await server().query(`CREATE DATABASE ${database} OWNER retake`);
  const store = server().address.replace(/retake$/, database);
  const [first, second] = await copyCassettes({from: folder, to: store});
  t.is(first?.interactions, 250);
  t.is(second?.to, `${store}?cassette=b`);
  await writeStoredCassette(join(folder, 'b.cassette'), {Hi: [takeOf('Hey', 2)], Bye: ['Goodbye']});
  await copyCassettes({from: folder, to: store});
  const back = join(await temporaryFolder(t), 'back');
  await copyCassettes({from: store, to: back});
  t.deepEqual(await readdir(back).then(names => names.filter(name => name.endsWith('.cassette'))), [
    'a.cassette',
    'b.cassette',
  ]);
  t.deepEqual(await readFile(join(back, 'a.cassette')), await readFile(join(folder, 'a.cassette')));
  const united = await writeStoredCassette(join(folder, 'c.cassette'), {
    Hi: [takeOf('Hello', 1), takeOf('Hey', 2)],
    Bye: ['Goodbye'],
  });
  t.deepEqual(await readFile(join(back, 'b.cassette')), await readFile(united));
});

test('a copy that was interrupted is completed by the next one', async t => {
  const {folder, path} = await folderWith(t, many(450));
  const store = newStore();
  await t.throwsAsync(
    copyCassettes({
      from: path,
      to: store,
      onProgress({copied}) {
        if (copied === 320) throw new Error('Interrupted');
      },
    }),
    {message: 'Interrupted'},
  );
  const back = join(folder, 'back.cassette');
  await copyCassettes({from: store, to: back});
  t.true((await readFile(back)).length < (await readFile(path)).length);
  await copyCassettes({from: path, to: store});
  await copyCassettes({from: store, to: back});
  t.deepEqual(await readFile(back), await readFile(path));
});

test('a filter copies the interactions with a text, between files, too', async t => {
  const {folder, path} = await folderWith(t, {'a "quoted" word': ['Yes'], another: ['No']});
  const target = join(folder, 'some.cassette');
  const [copied] = await copyCassettes({from: path, to: target, filter: 'a "quoted"'});
  t.is(copied?.interactions, 1);
  const wanted = await writeStoredCassette(join(folder, 'wanted.cassette'), {'a "quoted" word': ['Yes']});
  t.deepEqual(await readFile(target), await readFile(wanted));
});

test('a cassette with other settings, several into one, and none at all are refused', async t => {
  const {folder, path} = await folderWith(t, {Hi: ['Hello']});
  const other = await writeStoredCassette(join(folder, 'b.cassette'), {Hi: ['Hello']}, {forwardModel: true});
  const store = newStore();
  await copyCassettes({from: path, to: store});
  await t.throwsAsync(copyCassettes({from: other, to: store}), {code: 'settings_differ'});
  await t.throwsAsync(copyCassettes({from: folder, to: store}), {code: 'invalid_setting'});
  await t.throwsAsync(copyCassettes({from: newStore(), to: path}), {code: 'not_found'});
});
