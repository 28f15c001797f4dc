import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import {restoreStream} from '../../../src/operations/import/misread-text.js';
import {importCassette} from '../../../src/operations/import-cassette.js';
import {buildProxy} from '../../support/build-proxy.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

/**
 * Recorded by mitmproxy 11 (`mitmdump --set hardump`) and by Polly.js 6 with a server that compresses: mitmproxy reads event streams as ISO
 * 8859-1, and Polly stores compressed bodies as a list of base64.
 */
const files = {
  mitmproxy: {streams: [false, true], path: '/v1/chat/completions'},
  polly: {streams: [false], path: '/gz/v1/chat/completions'},
};

for (const [tool, {streams, path}] of Object.entries(files)) {
  test(`a HAR of ${tool} is replayed with its own characters`, async t => {
    const cassette = join(await temporaryFolder(t), 'a.cassette');
    const from = join('test', 'operations', 'import', `recorded-by-${tool}.har`);
    const report = await importCassette({from, path: cassette, replaces: false, dialect: 'openai'});
    t.is(report.imported.length, 2);
    t.deepEqual(report.leftOut, []);
    const {post} = await buildProxy(t, {mode: 'replay', cassette});
    for (const stream of streams) {
      const messages = [{role: 'user', content: 'é'}];
      const response = await post(path, {model: 'gpt-4o', stream, messages});
      t.is(response.headers.get('x-retake'), 'hit');
      t.regex(await response.text(), /"é – 🗼"/);
    }
  });
}

test('a text that was read in another character set is restored, and no other text is changed', t => {
  fc.assert(
    fc.property(fc.string({unit: 'grapheme'}), fc.constantFrom('windows-1252', 'latin1'), (text, charset) => {
      const bytes = Buffer.from(text);
      const misread =
        charset === 'latin1' ? bytes.toString('latin1') : new TextDecoder('windows-1252').decode(bytes);
      const exported = Buffer.from(misread);
      for (const given of [
        {creator: 'Playwright', size: exported.length},
        {creator: 'mitmproxy', size: bytes.length},
        {creator: 'another', size: bytes.length},
      ])
        t.deepEqual(Buffer.from(restoreStream(exported, given).bytes), bytes);
      // What was exported correctly is nearly never a text of bytes, and its size says that it is none.
      t.deepEqual(Buffer.from(restoreStream(bytes, {creator: 'another', size: bytes.length}).bytes), bytes);
    }),
  );
});

test('a text that is doubtful is named', async t => {
  const directory = await temporaryFolder(t);
  const har = JSON.parse(
    await readFile(join('test', 'operations', 'import', 'recorded-by-mitmproxy.har'), 'utf8'),
  );
  har.log.creator.name = 'another';
  for (const {response} of har.log.entries) response.content.size = -1;
  await writeFile(join(directory, 'a.har'), JSON.stringify(har));
  const {imported} = await importCassette({
    ...{from: join(directory, 'a.har'), path: join(directory, 'a.cassette')},
    ...{replaces: false, dialect: 'openai'},
  });
  t.deepEqual(
    imported.map(({reasons}) => reasons.length),
    [0, 1],
  );
  t.regex(imported[1]?.reasons[0] ?? '', /character set/);
});

test('a request whose body is missing is left out, also if its size is unknown', async t => {
  const directory = await temporaryFolder(t);
  const har = JSON.parse(
    await readFile(join('test', 'operations', 'import', 'recorded-by-mitmproxy.har'), 'utf8'),
  );
  const [first] = har.log.entries;
  delete first.request.postData;
  first.request.headers = [{name: 'content-type', value: 'application/json'}];
  for (const bodySize of [-1, 57, undefined]) {
    first.request.bodySize = bodySize;
    await writeFile(join(directory, 'a.har'), JSON.stringify(har));
    const {imported, leftOut} = await importCassette({
      ...{from: join(directory, 'a.har'), path: join(directory, 'a.cassette')},
      ...{replaces: true, dialect: 'openai'},
    });
    t.is(imported.length, 1);
    t.deepEqual(
      leftOut.map(({reasons}) => reasons),
      [['the file does not have the body of its request']],
    );
  }
});
