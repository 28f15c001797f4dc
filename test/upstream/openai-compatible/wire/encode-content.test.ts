import test from 'ava';
import type {MediaReader, PagesGiven} from '../../../../src/chat/media.js';
import type {Content} from '../../../../src/chat/request.js';
import {type ErrorCode, RetakeError} from '../../../../src/errors.js';
import {encodeContent} from '../../../../src/upstream/openai-compatible/wire/encode-content.js';

const render = {pageSize: 896, maxPages: 100};
const letter: Content = {
  type: 'document',
  render,
  pages: [
    {pixels: 'p1', text: 'Dear Ann,\n'},
    {pixels: 'p2', text: 'Yours'},
  ],
};
const scan: Content = {type: 'document', render, pages: [{pixels: 'p1', text: ' \n'}, {pixels: 'p2'}]};
const text = (words: string): Content => ({type: 'text', text: words});

/** A reader that returns the digests themselves as bytes, one read after another. */
function reader(pagesGiven: PagesGiven): MediaReader {
  let reading = false;
  const read = async (digest: string, mediaType: string) => {
    if (reading) throw new Error('two pictures in memory at once');
    reading = true;
    await new Promise(resolve => setImmediate(resolve));
    reading = false;
    return {bytes: Buffer.from(digest), mediaType};
  };
  return {
    pagesGiven,
    image: digest => read(digest, 'image/jpeg'),
    page: digest => read(digest, 'image/png'),
  };
}

const seeing = (pagesGiven: PagesGiven) => ({supportsImages: true, media: reader(pagesGiven)});
const blind = (pagesGiven: PagesGiven) => ({supportsImages: false, media: reader(pagesGiven)});
const picture = (mediaType: string, digest: string) => ({
  type: 'image_url',
  image_url: {url: `data:${mediaType};base64,${Buffer.from(digest).toString('base64')}`},
});

test('text alone is one string, without separators', async t => {
  t.is(await encodeContent([text('foo'), text('bar')], {supportsImages: false}), 'foobar');
  t.is(await encodeContent([], {supportsImages: false}), '');
});

test('images stay in their position, in standard base64', async t => {
  const content = [text('This:'), {type: 'image', sha256: 'i??>'} as const, text('or'), text(' that?')];
  t.deepEqual(await encodeContent(content, seeing('images')), [
    {type: 'text', text: 'This:'},
    picture('image/jpeg', 'i??>'),
    {type: 'text', text: 'or that?'},
  ]);
});

test('a single image is a list of one', async t => {
  t.deepEqual(await encodeContent([{type: 'image', sha256: 'i'}], seeing('images')), [
    picture('image/jpeg', 'i'),
  ]);
});

test('a document is the images of its pages in order', async t => {
  t.deepEqual(await encodeContent([text('Read'), letter, text('aloud')], seeing('images')), [
    {type: 'text', text: 'Read'},
    picture('image/png', 'p1'),
    picture('image/png', 'p2'),
    {type: 'text', text: 'aloud'},
  ]);
});

test('a document given as text has page markers, and needs no vision', async t => {
  const expected = 'Read Page 1 of 2:\nDear Ann,\n\nPage 2 of 2:\nYours\n\n';
  t.is(await encodeContent([text('Read '), letter], blind('text')), expected);
  t.is(await encodeContent([text('Read '), letter], seeing('text')), expected);
});

test('a document given as both is each page followed by its text', async t => {
  t.deepEqual(await encodeContent([letter], seeing('both')), [
    picture('image/png', 'p1'),
    {type: 'text', text: 'Page 1 of 2:\nDear Ann,\n\n'},
    picture('image/png', 'p2'),
    {type: 'text', text: 'Page 2 of 2:\nYours\n\n'},
  ]);
});

const refused = test.macro({
  title: (_, what: string) => `refused: ${what}`,
  async exec(
    t,
    _what: string,
    content: Content,
    sight: Parameters<typeof encodeContent>[1],
    expected: {code: ErrorCode; message: RegExp; hint: RegExp},
  ) {
    const error = await t.throwsAsync(encodeContent([content], sight), {instanceOf: RetakeError});
    t.is(error.code, expected.code);
    t.is(error.status, 400);
    t.regex(error.message, expected.message);
    t.regex(error.hint ?? '', expected.hint);
  },
});

test(refused, 'an image for a model without vision', {type: 'image', sha256: 'i'}, blind('text'), {
  code: 'not_supported',
  message: /accepts only text, but the request has an image/,
  hint: /gemma3-4b, gemma3-12b/,
});
for (const pages of ['images', 'both'] as const) {
  test(refused, `a document as ${pages} for a model without vision`, letter, blind(pages), {
    code: 'not_supported',
    message: /accepts only text, but .* images of its pages/,
    hint: /`pages: text`.*gemma3-4b/,
  });
}
test(refused, 'a scan as text for a model without vision', scan, blind('text'), {
  code: 'invalid_request',
  message: /no text on its pages/,
  hint: /gemma3-4b/,
});
test(refused, 'a scan as text for a model with vision', scan, seeing('text'), {
  code: 'invalid_request',
  message: /no text on its pages/,
  hint: /`pages: images`/,
});
