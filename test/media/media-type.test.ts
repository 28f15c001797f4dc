import test from 'ava';
import sharp from 'sharp';
import type {DetectedType} from '../../src/media/detected-type.js';
import {detectType} from '../../src/media/media-type.js';

const picture = sharp({create: {width: 9, height: 7, channels: 3, background: '#a04060'}});

for (const format of ['png', 'jpeg', 'gif', 'webp', 'avif', 'tiff'] as const) {
  test(`a ${format} is an image whatever type is declared`, async t => {
    const bytes = await picture.clone().toFormat(format).toBuffer();
    for (const declared of [undefined, 'image/png', 'text/plain', 'application/octet-stream', 'image/heic']) {
      t.deepEqual(detectType(bytes, declared), {kind: 'image', mediaType: `image/${format}`}, declared);
    }
  });
}

const is = test.macro({
  exec(t, content: string | Uint8Array, declared: string | undefined, expected: DetectedType) {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
    t.deepEqual(detectType(bytes, declared), expected);
  },
  title: (title = '') => title,
});

const bitmap = `BM${'\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0'}${'\0'.repeat(28)}`;
const box = (major: string, ...compatible: string[]) => {
  const brands = `${major}\0\0\0\0${compatible.join('')}`;
  return `\0\0\0${String.fromCharCode(8 + brands.length)}ftyp${brands}\0\0\0\x08free`;
};

test('a bitmap is an image', is, bitmap, undefined, {kind: 'image', mediaType: 'image/bmp'});
test('text that starts with BM is not a bitmap', is, 'BMW builds cars.', 'text/plain', {kind: 'text'});
test('text that starts with RIFF is not audio', is, 'RIFF is a container format.', undefined, {kind: 'text'});
test('text that starts with GIF89a is not a GIF', is, 'GIF89a has frames', 'text/markdown', {kind: 'text'});

test('a PDF is recognized', is, '%PDF-1.7\n1 0 obj', 'application/pdf', {kind: 'pdf'});
test('a PDF of a generic type is a PDF', is, '%PDF-1.4\n', 'application/octet-stream', {kind: 'pdf'});
test('a PDF that is declared as text is a PDF', is, '%PDF-1.4\n', 'text/plain', {kind: 'pdf'});
test('a PDF after other lines is a PDF', is, 'X-From: scanner\r\n\r\n%PDF-1.4\n', undefined, {kind: 'pdf'});
test('a PDF header counts if it ends within 1,024 bytes', t => {
  const after = (bytes: number) => Buffer.from(`${'\0'.repeat(bytes)}%PDF-1.7`, 'latin1');
  t.is(detectType(after(1016)).kind, 'pdf');
  t.is(detectType(after(1017)).kind, 'other');
});
test('only the view that was given counts, not the buffer below it', t => {
  t.is(detectType(Buffer.from('%PDF-1.7 and more').subarray(1)).kind, 'text');
  t.is(detectType(Buffer.from('xx%PDF-1.4').subarray(2)).kind, 'pdf');
});
test('text that mentions the PDF header is not a PDF', is, '# On %PDF-1.4\n', 'text/markdown', {
  kind: 'text',
});
test('text that is declared as a PDF is not a PDF', is, 'Dear sir', 'application/pdf', {
  kind: 'other',
  mediaType: 'application/pdf',
});

test('parameters and case of a declared type are ignored', is, '{}', 'Application/JSON; x="a;b"', {
  kind: 'text',
});
test('CSV is text', is, 'a,b\n', 'text/csv', {kind: 'text'});
test('a vendor’s JSON is text', is, '{}', 'application/vnd.api+json', {kind: 'text'});
test('text in its charset is text', is, Buffer.from('\ufeffhi', 'utf16le'), 'text/plain', {kind: 'text'});
test('text with stray bytes is still text', is, 'caf\xe9', 'text/plain', {kind: 'text'});
test('undeclared UTF-8 is text', is, Buffer.from('Grüße'), undefined, {kind: 'text'});
test('undeclared UTF-16 is text', is, Buffer.from('\ufeffhi', 'utf16le'), undefined, {kind: 'text'});
test('undeclared bytes with stray bytes are of unknown type', is, 'caf\xe9', undefined, {kind: 'other'});
test('undeclared bytes with a zero are of unknown type', is, 'abc\0', undefined, {kind: 'other'});
test('a declared type without a slash is ignored', is, 'hello', 'png', {kind: 'text'});
test('text that is declared as an image is not an image', is, 'hello', 'image/png', {
  kind: 'other',
  mediaType: 'image/png',
});

test('a drawing is SVG', is, '<?xml version="1.0"?>\n<!-- a > b -->\n<svg xmlns="x">', 'image/svg+xml', {
  kind: 'svg',
  mediaType: 'image/svg+xml',
});
test('an undeclared drawing is SVG', is, '<svg viewBox="0 0 1 1"/>', undefined, {
  kind: 'svg',
  mediaType: 'image/svg+xml',
});
test('the source of a drawing is text if text is declared', is, '<svg/>', 'application/xml', {
  kind: 'text',
});
test('a page that contains a drawing is not a drawing', is, '<html><svg></svg></html>', undefined, {
  kind: 'text',
});

test('HEIC is recognized by its brand', is, box('heic', 'mif1', 'heic'), 'image/jpeg', {
  kind: 'heic',
  mediaType: 'image/heic',
});
test('HEIC is recognized by its type', is, '\x01\x02', 'image/heic', {kind: 'heic', mediaType: 'image/heic'});
test('HEIF with an unknown coding is not AVIF', is, box('mif1', 'heic'), undefined, {
  kind: 'heic',
  mediaType: 'image/heif',
});
test('HEIF with an AVIF brand is AVIF', is, box('mif1', 'miaf', 'avif'), undefined, {
  kind: 'image',
  mediaType: 'image/avif',
});
test('MP4 is video', is, box('isom', 'iso2'), 'image/png', {kind: 'video', mediaType: 'video/mp4'});
test('M4A is audio', is, box('M4A '), undefined, {kind: 'audio', mediaType: 'audio/mp4'});
test('audio is recognized by its bytes', is, 'RIFF\x24\0\0\0WAVEfmt \x10\0', 'text/plain', {
  kind: 'audio',
  mediaType: 'audio/wav',
});
test('audio is recognized by its type', is, '\x01\x02', 'audio/mp3', {kind: 'audio', mediaType: 'audio/mp3'});
test('a word processor’s file is not text', is, 'PK\x03\x04\x14\0', 'text/plain', {
  kind: 'other',
  mediaType: 'application/zip',
});
test('an empty file is empty text', is, '', undefined, {kind: 'text'});
test('an empty file is not an image', is, '', 'image/png', {kind: 'other', mediaType: 'image/png'});
