import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {cassettePaths} from '../../../src/cassette/file/cassette-paths.js';
import {openCommittedFile} from '../../../src/cassette/file/committed-file.js';
import {writeCanonicalFile} from '../../../src/cassette/file/write-committed-file.js';
import {canonicalView, cassetteKey, type MatchingView} from '../../../src/cassette/key/key.js';
import {defaultKeySettings} from '../../../src/cassette/key/key-settings.js';
import {factRowsOf, readReference, readRender} from '../../../src/cassette/rows/fact-rows.js';
import {interactionId} from '../../../src/cassette/rows/interaction-row.js';
import {mergeFacts} from '../../../src/cassette/rows/merge-facts.js';
import {inOrderOfIds} from '../../../src/cassette/rows/stored-cassette.js';
import {takeRow} from '../../../src/cassette/rows/take-row.js';
import {pruneCassette} from '../../../src/operations/prune-cassette.js';
import {rekeyCassette} from '../../../src/operations/rekey-cassette.js';
import {verifyCassette} from '../../../src/operations/verify-cassette.js';
import {takeOf} from '../../support/recordings.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

const secret = `sk-proj-${'a1B2'.repeat(10)}`;
const digits = (digit: string) => digit.repeat(64);

function viewWithPage(pixels: string, text: string): MatchingView {
  const document = {type: 'document', pages: [{pixels, text}], render: {maxPages: 100, pageSize: 896}};
  return {operation: 'chat', turns: [{role: 'user', parts: [document]}]};
}

/** A cassette with two requests, each on a PDF of one page that contains its secret. */
async function withDocuments(t: ExecutionContext) {
  const path = join(await temporaryFolder(t), 'a.cassette');
  const pages = ['1', '2'].map(digit => ({pixels: digits(digit), text: `Page ${digit}: ${secret}`}));
  const views = pages.map(({pixels, text}) => viewWithPage(pixels, text));
  const stored = views.map(view => {
    const key = cassetteKey(view);
    return {
      id: interactionId(key),
      row: {key, request: canonicalView(view), takes: [takeRow(key, takeOf('Yes', 7))]},
    };
  });
  const renders = pages.map((page, index) => ({
    ...{pdf: digits(String(index + 5)), options: '{}', pages: [page], renderer: 'pdftoppm 22.12.0'},
  }));
  const references = [
    {
      url: digits('8'),
      shown: 'https://example.org/a.txt',
      sha256: digits('9'),
      mediaType: 'text/plain',
      text: secret,
    },
  ];
  const media = pages.map(({pixels}) => ({
    ...{kind: 'thumbnail' as const, digest: pixels, mediaType: 'image/webp', bytes: Buffer.from('picture')},
  }));
  await writeCanonicalFile(path, {
    keySettings: {...defaultKeySettings, pages: 'text'},
    interactions: inOrderOfIds(stored),
    facts: mergeFacts(undefined, factRowsOf({renders, references, media})),
  });
  return {path, keys: views.map(cassetteKey)};
}

function factsIn(path: string) {
  const file = openCommittedFile(cassettePaths(path));
  if (!file) throw new Error('There is no cassette');
  const found = {
    renders: [...file.facts.rows('renders')].map(row => readRender(path, row)),
    references: [...file.facts.rows('refs')].map(row => readReference(path, row)),
    media: [...file.facts.rows('media')].map(({digest}) => digest),
  };
  file.close();
  return found;
}

test('secrets are found and redacted in the texts of pages and files, too', async t => {
  const {path} = await withDocuments(t);
  const places = (await verifyCassette(path)).findings.map(({message}) =>
    message.replace(/ looks[\s\S]*/, ''),
  );
  t.true(places.includes(`text of the PDF ${digits('5')}`));
  t.true(places.includes(`text behind the address ${digits('8')}`));
  await rekeyCassette({path, settings: {}, isWritten: true});
  t.deepEqual(
    (await verifyCassette(path)).findings.filter(({code}) => code === 'secret'),
    [],
  );
  const {renders, references} = factsIn(path);
  t.deepEqual(renders.flatMap(({pages}) => pages.map(({text}) => text)).sort(), [
    'Page 1: <redacted:api-key:1>',
    'Page 2: <redacted:api-key:1>',
  ]);
  t.is(references[0]?.text, '<redacted:api-key:1>');
});

test('the rasterizer settings of a cassette cannot be changed afterwards', async t => {
  const {path} = await withDocuments(t);
  await t.throwsAsync(rekeyCassette({path, settings: {pageSize: 512}, isWritten: true}), {
    message: /^Keys for pageSize = 512 cannot be made from what is stored: it was recorded with 896$/,
  });
});

test('the facts of a document are removed with its last request', async t => {
  const {path, keys} = await withDocuments(t);
  await pruneCassette({path, isUnused: ({key}) => key === keys[0], isWritten: true});
  const {renders, references, media} = factsIn(path);
  t.deepEqual(
    renders.map(({pdf}) => pdf),
    [digits('6')],
  );
  t.deepEqual(media, [digits('2')]);
  t.is(references.length, 1);
  t.true((await verifyCassette(path)).findings.every(({code}) => code === 'secret'));
});
