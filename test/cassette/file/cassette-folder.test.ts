import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {openCassettes} from '../../../src/cassette/file/cassette-folder.js';
import {keyOf, recordingOf} from '../../support/recordings.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

test('a folder has a cassette for each name, and a default one for requests without a name', async t => {
  const folder = join(await temporaryFolder(t), 'cassettes');
  const cassettes = await openCassettes(folder, {writable: true});
  t.deepEqual(await cassettes.names(), []);
  const [unnamed, login] = [await cassettes.get(), await cassettes.get('login')];
  await unnamed.add(recordingOf('Hi', 'Hello'));
  await login.add(recordingOf('Bye', 'Goodbye'));
  t.deepEqual([unnamed.name, login.name], ['default', 'login']);
  t.deepEqual(await cassettes.names(), ['default', 'login']);
  await cassettes.close();

  const again = await openCassettes(folder, {writable: false});
  t.deepEqual(await again.names(), ['default', 'login']);
  t.truthy(await (await again.get('login')).find(keyOf('Bye')));
  t.is(await (await again.get('login')).find(keyOf('Hi')), undefined);
  await again.close();
});

test('a cassette is opened once, also by parallel requests', async t => {
  const cassettes = await openCassettes(await temporaryFolder(t), {writable: true});
  const [first, second] = await Promise.all([cassettes.get('a'), cassettes.get('a')]);
  t.is(first, second);
  t.is(await cassettes.get('a'), first);
  await cassettes.close();
});

test('a cassette that failed to open is tried again', async t => {
  const folder = await temporaryFolder(t);
  const cassettes = await openCassettes(folder, {writable: false});
  writeFileSync(join(folder, 'a.cassette'), 'nonsense');
  await t.throwsAsync(cassettes.get('a'), {code: 'cassette_invalid'});
  writeFileSync(join(folder, 'a.cassette'), '');
  await t.throwsAsync(cassettes.get('a'), {code: 'cassette_invalid', message: /is empty/});
  await cassettes.close();
});

const refusesName = test.macro({
  async exec(t, name: string) {
    const cassettes = await openCassettes(await temporaryFolder(t), {writable: true});
    await t.throwsAsync(cassettes.get(name), {
      code: 'invalid_request',
      message: /is not a valid cassette name/,
    });
    await cassettes.close();
  },
  title: (_, name: string) => `${JSON.stringify(name.slice(0, 20))} is not a valid cassette name`,
});

for (const name of [
  '',
  '..',
  '../other',
  'a/b',
  'a\\b',
  '.hidden',
  'a b',
  'a\0',
  'ü',
  'x'.repeat(101),
  'a.cassette',
]) {
  test(refusesName, name);
}

test('a path that ends in .cassette or is a file means a single cassette', async t => {
  const folder = await temporaryFolder(t);
  const single = await openCassettes(join(folder, 'chat.cassette'), {writable: true});
  const cassette = await single.get();
  await cassette.add(recordingOf('Hi', 'Hello'));
  t.is(cassette.name, 'chat');
  t.is(await single.get('chat'), cassette);
  t.deepEqual(await single.names(), ['chat']);
  await t.throwsAsync(single.get('login'), {
    code: 'no_cassette',
    message: /no cassette "login": this server has only "chat"/,
  });
  await single.close();

  const plain = join(folder, 'plain');
  writeFileSync(plain, 'nonsense');
  await t.throwsAsync(openCassettes(plain, {writable: false}), {code: 'cassette_invalid'});
});

test('a cassette that fails to close does not stop the others from closing', async t => {
  const folder = await temporaryFolder(t);
  const cassettes = await openCassettes(folder, {writable: true});
  const [broken, fine] = [await cassettes.get('broken'), await cassettes.get('fine')];
  await broken.add(recordingOf('Hi', 'Hello'));
  await fine.add(recordingOf('Hi', 'Hello'));
  writeFileSync(join(folder, 'broken.cassette'), 'nonsense');
  await t.throwsAsync(cassettes.close(), {code: 'cassette_invalid', message: /broken\.cassette/});
  const again = await openCassettes(folder, {writable: false});
  t.truthy(await (await again.get('fine')).find(keyOf('Hi')));
  await again.close();
});

test('cassettes that must exist: a wrong path is an error at once, a wrong name when it is used', async t => {
  const folder = await temporaryFolder(t);
  const options = {writable: false, mustExist: 'at-start'} as const;
  await t.throwsAsync(openCassettes(folder, options), {code: 'no_cassette'});
  await t.throwsAsync(openCassettes(join(folder, 'a.cassette'), options), {code: 'no_cassette'});
  const writer = await openCassettes(folder, {writable: true});
  await (await writer.get('a')).add(recordingOf('Hi', 'Hello'));
  await writer.close();
  const reader = await openCassettes(folder, options);
  t.is((await reader.get('a')).name, 'a');
  await t.throwsAsync(reader.get('b'), {
    code: 'no_cassette',
    message: /^No cassette 'b' in .*\/: there is a$/,
  });
  await t.throwsAsync(reader.get(), {code: 'no_cassette', message: /^No cassette 'default' in /});
  await reader.close();
});
