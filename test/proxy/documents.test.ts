import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {type Exchange, openCassette, type ProxyOptions} from '../../src/index.js';
import {verifyCassette} from '../../src/operations/verify-cassette.js';
import {
  type AttachmentApi,
  answerText,
  attachmentApis,
  geminiApi,
  openaiApi,
} from '../support/attachments.js';
import {buildProxy, temporaryFolder} from '../support/build-proxy.js';
import {buildPdf, type PdfPage, textPage} from '../support/documents/build-pdf.js';
import {countedPdftoppm} from '../support/documents/fake-pdftoppm.js';
import {variants} from '../support/documents/pdf-variants.js';
import {popplerTest, searchPath} from '../support/documents/poppler.js';
import {visionUpstream} from '../support/vision-upstream.js';

const pdf = (bytes: Uint8Array) => ({bytes, mediaType: 'application/pdf'});
const noPoppler = {rasterizer: {path: '', use: 'pdftoppm' as const}};

function pdfOf(...lines: readonly string[]): Promise<Uint8Array> {
  return buildPdf({pages: lines.map(line => textPage(line))});
}

async function proxyWith(t: ExecutionContext, options: Partial<ProxyOptions> = {}) {
  const upstream = visionUpstream();
  return {...(await buildProxy(t, {upstream, ...options})), upstream};
}

type Asking = {
  readonly way?: AttachmentApi;
  readonly question?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

async function ask(
  {post}: Pick<Awaited<ReturnType<typeof buildProxy>>, 'post'>,
  bytes: Uint8Array,
  {way = geminiApi, question = 'What is it?', headers = {}}: Asking = {},
) {
  const response = await post(way.path, way.askAbout(question, pdf(bytes)), headers);
  const outcome = response.headers.get('x-retake');
  return {status: response.status, outcome, headers: response.headers, said: await answerText(response)};
}

/** A cassette with recorded requests about these PDFs. */
async function recorded(
  t: ExecutionContext,
  documents: readonly Uint8Array[],
  options: Partial<ProxyOptions> = {},
) {
  const cassette = join(await temporaryFolder(t), 'test.cassette');
  const proxy = await proxyWith(t, {cassette, ...options});
  for (const bytes of documents) t.like(await ask(proxy, bytes), {status: 200, outcome: 'recorded'});
  await proxy.proxy.close();
  return cassette;
}

popplerTest('a recorded PDF request is replayed through every API, without poppler', async t => {
  const bytes = await pdfOf('one', 'two');
  const cassette = await recorded(t, [bytes]);
  const proxy = await buildProxy(t, {mode: 'replay', cassette, media: noPoppler});
  for (const way of attachmentApis) {
    t.like(await ask(proxy, bytes, {way}), {outcome: 'hit'}, way.name);
  }
  t.like(await verifyCassette(cassette), {isValid: true, findings: []});
});

popplerTest(
  'a known PDF starts no process; a new one with the same pages starts one, and is known from then on',
  async t => {
    const bytes = await pdfOf('one', 'two');
    const cassette = await recorded(t, [bytes]);
    const {options, started} = await countedPdftoppm(t);
    const proxy = await proxyWith(t, {cassette, media: {rasterizer: options}});
    t.like(await ask(proxy, bytes), {outcome: 'hit'});
    t.is(started().length, 0);
    for (const [name, vary] of Object.entries(variants)) {
      const other = await vary(bytes);
      const before = started().length;
      t.like(await ask(proxy, other), {outcome: 'hit'}, name);
      t.is(started().length, before + 1, name);
      t.like(await ask(proxy, other, {way: openaiApi}), {outcome: 'hit'}, name);
      t.is(started().length, before + 1, name);
    }
    t.is(proxy.upstream.seen.length, 0);
    await proxy.proxy.close();
    const replay = await buildProxy(t, {mode: 'replay', cassette, media: noPoppler});
    for (const [name, vary] of Object.entries(variants)) {
      t.like(await ask(replay, await vary(bytes)), {outcome: 'hit'}, name);
    }
  },
);

popplerTest('a different document never matches, and the miss names the page that differs', async t => {
  const cassette = await recorded(t, [await pdfOf('one', 'two', 'three')]);
  const proxy = await buildProxy(t, {mode: 'replay', cassette});
  const other = await ask(proxy, await pdfOf('one', 'two', 'thres'));
  t.is(other.status, 400);
  t.regex(other.said, /turn 1 \(user\), document: page 3 of 3 differs/);
  t.regex(
    other.said,
    /The PDF [0-9a-f]{12}… \(3 pages\) is not one that was recorded; pdftoppm \S+ has rasterised it here/,
  );
  t.regex(other.said, /The nearest recording's pages come from pdftoppm \S+\./);
  const shorter = await ask(proxy, await pdfOf('one', 'two'));
  t.regex(shorter.said, /document: 2 pages, recorded 3 pages/);
  const question = await ask(proxy, await pdfOf('one', 'two', 'three'), {question: 'Why?'});
  t.regex(question.said, /line 1: asked "Why\?", recorded "What is it\?"/);
  t.notRegex(question.said, /page/);
});

popplerTest('without poppler, a miss names the PDF and the rasterizer of the recorded one', async t => {
  const cassette = await recorded(t, [await pdfOf('one')]);
  const proxy = await buildProxy(t, {mode: 'replay', cassette, media: noPoppler});
  const {status, said} = await ask(proxy, await pdfOf('two'));
  t.is(status, 400);
  t.regex(
    said,
    /The PDF [0-9a-f]{12}… was not recorded, and without a rasterizer its pages cannot be compared/,
  );
  t.regex(said, /The nearest recording's pages come from pdftoppm/);
  t.regex(said, /A PDF that is made anew for each run/);
});

popplerTest('the model gets the pages as PNG, in order, at the position of the document', async t => {
  const proxy = await proxyWith(t);
  const body = {
    contents: [
      {
        role: 'user',
        parts: [
          {text: 'before'},
          {
            inlineData: {
              mimeType: 'application/octet-stream',
              data: Buffer.from(await pdfOf('one', 'two')).toString('base64url'),
            },
          },
          {text: 'after'},
        ],
      },
    ],
  };
  t.is((await proxy.post(geminiApi.path, body)).status, 200);
  const [seen = []] = proxy.upstream.seen;
  t.deepEqual(
    seen.map(({kind}) => kind),
    ['text', 'page', 'page', 'text'],
  );
  const pages = seen.flatMap(sight => (sight.kind === 'page' ? [sight] : []));
  t.true(pages.every(({mediaType, bytes}) => mediaType === 'image/png' && bytes[1] === 0x50));
  t.notDeepEqual(pages[0]?.bytes, pages[1]?.bytes);
});

popplerTest('a hundred parallel requests with the same new PDF rasterize it once', async t => {
  const {options, started} = await countedPdftoppm(t);
  const proxy = await proxyWith(t, {media: {rasterizer: options}});
  const bytes = await pdfOf('one', 'two');
  const answers = await Promise.all(Array.from({length: 100}, () => ask(proxy, bytes)));
  t.true(answers.every(({status}) => status === 200));
  t.is(started().length, 1);
  t.is(proxy.upstream.seen.length, 1);
});

popplerTest('with pages: text, the model gets only texts; the answer and its take say so', async t => {
  const bytes = await pdfOf('Invoice 7', 'Total 12');
  const cassette = join(await temporaryFolder(t), 'test.cassette');
  const proxy = await proxyWith(t, {cassette, keySettings: {pages: 'text'}});
  const answer = await ask(proxy, bytes);
  t.is(answer.headers.get('x-retake-pages'), 'text');
  const [seen = []] = proxy.upstream.seen;
  t.deepEqual(
    seen.map(sight => sight.kind === 'text' && sight.text.trim()),
    ['What is it?', 'Invoice 7', 'Total 12'],
  );
  await proxy.proxy.close();

  const replay = await buildProxy(t, {mode: 'replay', cassette, media: noPoppler});
  const played = await ask(replay, bytes);
  t.is(played.outcome, 'hit');
  t.is(played.headers.get('x-retake-pages'), 'text');
  const reader = await openCassette({path: cassette, writable: false});
  for await (const {takes} of reader.interactions()) t.is(takes[0].provenance.pages, 'text');
  t.like(reader.keySettings, {pages: 'text', pageSize: 896, maxPages: 100});
  await reader.close();
  await t.throwsAsync(buildProxy(t, {cassette, keySettings: {pages: 'images'}}), {code: 'settings_differ'});
});

popplerTest(
  'with pages: text, a document without text is refused, because the model would get nothing of it',
  async t => {
    const proxy = await proxyWith(t, {keySettings: {pages: 'text'}});
    const {status, said} = await ask(proxy, await buildPdf({pages: [{figure: true}]}));
    t.is(status, 400);
    t.regex(said, /its page has none: it may be a scan/);
  },
);

popplerTest('document settings are fixed by a cassette’s first document', async t => {
  const cassette = join(await temporaryFolder(t), 'test.cassette');
  const first = await proxyWith(t, {cassette});
  await first.post(geminiApi.path, geminiApi.askAbout('no document'));
  await first.proxy.close();
  const second = await proxyWith(t, {
    cassette,
    preferredDocuments: {pages: 'text'},
    keySettings: {pageSize: 300},
  });
  t.is((await ask(second, await pdfOf('one'))).headers.get('x-retake-pages'), 'text');
  await second.proxy.close();
  const third = await proxyWith(t, {cassette, mode: 'replay', media: noPoppler});
  t.is((await ask(third, await pdfOf('one'))).outcome, 'hit');
  t.is((await third.post(geminiApi.path, geminiApi.askAbout('no document'))).status, 200);
  await t.throwsAsync(buildProxy(t, {cassette, keySettings: {pageSize: 896}}), {code: 'settings_differ'});
});

popplerTest(
  'two sets of fonts render differently: both renders are remembered, and both match their takes',
  async t => {
    const page: PdfPage = {lines: ['Not the same everywhere'], font: 'base-14'};
    const bytes = await buildPdf({pages: [page]});
    const folder = await temporaryFolder(t);
    const FONTCONFIG_FILE = join(folder, 'fonts.conf');
    await writeFile(FONTCONFIG_FILE, `<fontconfig><cachedir>${folder}</cachedir></fontconfig>`);
    const elsewhere = {rasterizer: {path: searchPath, environment: {FONTCONFIG_FILE}}};
    const cassette = join(await temporaryFolder(t), 'test.cassette');

    // Two recorders side by side, as on two machines.
    const exchanges: Exchange[] = [];
    const one = await proxyWith(t, {cassette});
    const two = await proxyWith(t, {
      cassette,
      media: elsewhere,
      onExchange: exchange => exchanges.push(exchange),
    });
    const [here, there] = await Promise.all([
      ask(one, bytes, {question: 'asked here'}),
      ask(two, bytes, {question: 'asked there'}),
    ]);
    t.is(here.outcome, 'recorded');
    t.is(there.outcome, 'recorded');
    t.regex(there.headers.get('x-retake-warning') ?? '', /No font was found for `Helvetica`/);
    t.regex(exchanges[0]?.warnings[0] ?? '', /No font was found/);
    await one.proxy.close();
    await two.proxy.close();

    const replay = await buildProxy(t, {mode: 'replay', cassette, media: noPoppler});
    t.like(await ask(replay, bytes, {question: 'asked here'}), {outcome: 'hit', said: here.said});
    t.like(await ask(replay, bytes, {question: 'asked there'}), {outcome: 'hit', said: there.said});
    const reader = await openCassette({path: cassette, writable: false});
    const renders = [];
    for await (const render of reader.media.allRenders()) renders.push(render);
    t.is(renders.length, 2);
    await reader.close();
  },
);

popplerTest('of two renders that both have takes, the one recorded last is replayed', async t => {
  const bytes = await buildPdf({pages: [{lines: ['Not the same everywhere'], font: 'base-14'}]});
  const folder = await temporaryFolder(t);
  const FONTCONFIG_FILE = join(folder, 'fonts.conf');
  await writeFile(FONTCONFIG_FILE, `<fontconfig><cachedir>${folder}</cachedir></fontconfig>`);
  const elsewhere = {rasterizer: {path: searchPath, environment: {FONTCONFIG_FILE}}};
  let now = 1_760_000_000_000;
  const clock = () => now;
  const cassette = await recorded(t, [bytes], {now: clock, upstream: visionUpstream({answer: 'old'})});
  now += 1000;
  const again = await proxyWith(t, {
    cassette,
    mode: 'record',
    media: elsewhere,
    now: clock,
    upstream: visionUpstream({answer: 'new'}),
  });
  t.like(await ask(again, bytes), {outcome: 'recorded', said: 'new'});
  await again.proxy.close();
  const replay = await buildProxy(t, {mode: 'replay', cassette, media: noPoppler});
  for (let asking = 0; asking < 3; asking++) t.like(await ask(replay, bytes), {outcome: 'hit', said: 'new'});
});

popplerTest('an invalid document is a 400 that names the field, in every mode', async t => {
  const cassette = await recorded(t, [await pdfOf('one')]);
  const broken = Buffer.from(await pdfOf('two')).subarray(0, 700);
  for (const mode of ['replay', 'auto', 'record', 'passthrough'] as const) {
    const proxy = await proxyWith(t, {cassette, mode});
    for (const way of attachmentApis) {
      const response = await proxy.post(way.path, way.askAbout('What?', pdf(broken)));
      t.is(response.status, 400, `${mode}, ${way.name}`);
      const body = await response.text();
      t.regex(body, way.field, `${mode}, ${way.name}: ${body}`);
      t.notRegex(body, /\/tmp|Syntax Error/);
    }
    t.is(proxy.upstream.seen.length, 0);
  }
});

popplerTest(
  'a secret in a page is sent to the model and stored in no cassette; the request still matches its take',
  async t => {
    const secret = 'sk-proj-0123456789abcdefghij';
    const bytes = await pdfOf(`The key is ${secret}`);
    const cassette = join(await temporaryFolder(t), 'test.cassette');
    const proxy = await proxyWith(t, {cassette, keySettings: {pages: 'text'}});
    t.like(await ask(proxy, bytes), {outcome: 'recorded'});
    t.true(proxy.upstream.seen.flat().some(sight => sight.kind === 'text' && sight.text.includes(secret)));
    await proxy.proxy.close();
    const replay = await buildProxy(t, {mode: 'replay', cassette, media: noPoppler});
    t.like(await ask(replay, bytes), {outcome: 'hit'});
    t.false((await readFile(cassette, 'latin1')).includes(secret));
  },
);

popplerTest('without poppler, PDFium renders; the cassette says so, and replays without either', async t => {
  const invoice = await readFile('examples/documents/invoice.pdf');
  const media = {rasterizer: {path: ''}};
  const cassette = await recorded(t, [invoice], {media});
  const reader = await openCassette({path: cassette, writable: false});
  for await (const {renderer} of reader.media.allRenders()) t.regex(renderer, /^pdfium \d+\.\d+\.\d+$/);
  await reader.close();
  const replay = await buildProxy(t, {mode: 'replay', cassette, media: noPoppler});
  for (const way of attachmentApis) t.like(await ask(replay, invoice, {way}), {outcome: 'hit'});
  const other = await buildProxy(t, {mode: 'replay', cassette, media});
  const {status, said} = await ask(other, await pdfOf('another'));
  t.is(status, 400);
  t.regex(said, /pdfium \S+ has rasterised it here/);
});
