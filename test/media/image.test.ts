import test, {type ExecutionContext} from 'ava';
import sharp from 'sharp';
import {type ErrorCode, RetakeError} from '../../src/errors.js';
import {convertImage} from '../../src/media/convert-image.js';
import {inspectImage} from '../../src/media/inspect-image.js';
import {thumbnailOf} from '../../src/media/thumbnail.js';
import {bitmap, clouds, colorAt, colors, landmarks} from './pictures.js';

const {signal} = new AbortController();
const formats = ['png', 'jpeg', 'gif', 'webp', 'avif', 'tiff'] as const;

for (const format of formats) {
  test(`a complete ${format} is inspected`, async t => {
    const bytes = await landmarks(60, 40).toFormat(format).toBuffer();
    t.deepEqual(await inspectImage(bytes, signal), {mediaType: `image/${format}`, width: 60, height: 40});
  });

  test(`reading a truncated ${format} is an error`, async t => {
    const bytes = await clouds(300, 200).toFormat(format).toBuffer();
    for (const part of [0.99, 0.5, 0.1]) {
      const cut = bytes.subarray(0, Math.floor(bytes.length * part));
      for (const read of [inspectImage, convertImage, thumbnailOf]) {
        const error = await t.throwsAsync(
          read(cut, signal),
          {instanceOf: RetakeError},
          `${read.name} ${part}`,
        );
        t.is(error.code, 'invalid_request');
        t.regex(error.message, /damaged or cut off/);
      }
    }
  });
}

for (const format of ['png', 'jpeg', 'gif'] as const) {
  test(`a ${format} is sent to the upstream unchanged`, async t => {
    const bytes = await landmarks().toFormat(format).toBuffer();
    t.deepEqual(await convertImage(bytes, signal), {bytes, mediaType: `image/${format}`});
  });
}

test('a bitmap is sent to the upstream unchanged', async t => {
  const bytes = bitmap({bits: 24});
  t.deepEqual(await inspectImage(bytes, signal), {mediaType: 'image/bmp', width: 3, height: 2});
  t.deepEqual(await convertImage(bytes, signal), {bytes, mediaType: 'image/bmp'});
});

const converts = test.macro({
  async exec(t, make: () => Promise<Buffer>, mediaType: 'image/png' | 'image/jpeg') {
    const converted = await convertImage(await make(), signal);
    t.is(converted.mediaType, mediaType);
    t.is((await sharp(converted.bytes).metadata()).mediaType, mediaType);
    await showsLandmarks(t, converted.bytes);
  },
  title: (title = '') => `${title} is converted and looks the same`,
});

async function showsLandmarks(t: ExecutionContext, image: Uint8Array): Promise<void> {
  const {width, height} = await sharp(image).metadata();
  t.deepEqual([width, height], [60, 40]);
  t.is(await colorAt(image, 0.1, 0.1), colors.green);
  t.is(await colorAt(image, 0.9, 0.1), colors.blue);
  t.is(await colorAt(image, 0.1, 0.9), colors.red);
}

test('AVIF', converts, () => landmarks().avif({quality: 90}).toBuffer(), 'image/jpeg');
test('WebP', converts, () => landmarks().webp({quality: 95}).toBuffer(), 'image/jpeg');
test('lossless WebP', converts, () => landmarks().webp({lossless: true}).toBuffer(), 'image/png');
test('TIFF', converts, () => landmarks().tiff({compression: 'lzw'}).toBuffer(), 'image/png');
test(
  'TIFF of 16 bits',
  converts,
  () => landmarks().toColourspace('rgb16').tiff({compression: 'deflate'}).toBuffer(),
  'image/png',
);

test('a CMYK JPEG is converted, as close as its inks allow', async t => {
  const bytes = await landmarks().toColourspace('cmyk').jpeg().toBuffer();
  t.is((await sharp(bytes).metadata()).space, 'cmyk');
  const converted = await convertImage(bytes, signal);
  const {space, channels, mediaType} = await sharp(converted.bytes).metadata();
  t.deepEqual([space, channels, mediaType], ['srgb', 3, 'image/jpeg']);
  t.is(await colorAt(converted.bytes, 0.9, 0.1), colors.blue);
  t.is(await colorAt(converted.bytes, 0.1, 0.9), colors.red);
});

/** The landmarks encoded by libjpeg-turbo 2.1.5 with `arith_code`. sharp cannot write this kind. */
const arithmeticJpeg = `
  /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQ
  ERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU
  FBQUFBQUFBQUFBQUFBT/yQARCAAoADwDASIAAhEBAxEB/8wACgAQEAUBEBEF/9oADAMBAAIRAxEAPwDSjetmx3eZ+/XdOhu8
  0Ab7qoZY/VmKx9FL11WSzU/Z4sBDiednR4/R7b/zKzNDi0OX3AviGt+PNZex1SXjTnBsMhiENsdzjkvx8WoScc4mz5UL3TA2
  t0S5JdhLE4iodKiQJuEm4AnaqN/DEhgiOaUT4J1Dycg1h+2Um8myeJ5m7uJUH6NaWg01GXKoevkUQVHOHvp0d0pqJDy/JE/6
  ExXxW+cWqPgYInn2CCDvw8AvP1FGWWUSAJ5lDQ5AZA3rAwLVHK/zqzGYFLndcy6MJoT7ffhj7q9vXZCrqV8lHkshLepVS0hK
  Gj5MLAUHeL26WRBJCPVnJTq05nANikhi6CqHdLXVpCrzHUPfvFAo/9k=`;

test(
  'a JPEG with arithmetic coding',
  converts,
  async () => Buffer.from(arithmeticJpeg, 'base64'),
  'image/jpeg',
);

/** Rotated so that its EXIF orientation rotates it back. */
const turned = (orientation: number, angle: number) => () =>
  landmarks()
    .rotate(angle)
    .toBuffer({resolveWithObject: true})
    .then(({data, info}) =>
      sharp(data, {raw: {width: info.width, height: info.height, channels: 3}})
        .withMetadata({orientation})
        .jpeg({quality: 95, chromaSubsampling: '4:4:4'})
        .toBuffer(),
    );

test('a photograph on its right side', converts, turned(6, 270), 'image/jpeg');
test('a photograph on its left side', converts, turned(8, 90), 'image/jpeg');
test('a photograph upside down', converts, turned(3, 180), 'image/jpeg');

test('a rotated photograph has the size that a viewer shows', async t => {
  const bytes = await turned(6, 270)();
  const {width, height} = await sharp(bytes).metadata();
  t.deepEqual([width, height], [40, 60]);
  t.deepEqual(await inspectImage(bytes, signal), {mediaType: 'image/jpeg', width: 60, height: 40});
  const thumbnail = await thumbnailOf(bytes, signal);
  t.deepEqual([thumbnail.width, thumbnail.height], [60, 40]);
  t.is(await colorAt(thumbnail.bytes, 0.1, 0.1), colors.green);
});

for (const format of ['png', 'gif', 'webp'] as const) {
  test(`transparency in a ${format} becomes white`, async t => {
    const bytes = await sharp({
      create: {width: 20, height: 20, channels: 4, background: {r: 0, g: 0, b: 0, alpha: 0}},
    })
      .composite([{input: await landmarks(10, 10).png().toBuffer(), top: 0, left: 0}])
      .toFormat(format)
      .toBuffer();
    const converted = await convertImage(bytes, signal);
    t.is(await colorAt(converted.bytes, 0.9, 0.9), colors.white);
    t.is(await colorAt(converted.bytes, 0.05, 0.05), colors.green);
    t.false((await sharp(converted.bytes).metadata()).hasAlpha);
    t.is(await colorAt((await thumbnailOf(bytes, signal)).bytes, 0.9, 0.9), colors.white);
  });
}

test('a PNG with a fully opaque alpha channel stays unchanged', async t => {
  const bytes = await landmarks().ensureAlpha().png().toBuffer();
  t.true((await sharp(bytes).metadata()).hasAlpha);
  t.deepEqual((await convertImage(bytes, signal)).bytes, bytes);
});

test('the first frame of an animation is converted', async t => {
  const frames = await Promise.all(
    ['#ff0000', '#0000ff'].map(background =>
      sharp({create: {width: 10, height: 10, channels: 3, background}})
        .png()
        .toBuffer(),
    ),
  );
  const bytes = await sharp(frames, {join: {animated: true}})
    .webp({lossless: true})
    .toBuffer();
  t.is((await sharp(bytes).metadata()).pages, 2);
  const converted = await convertImage(bytes, signal);
  t.is(await colorAt(converted.bytes, 0.5, 0.5), colors.red);
  t.deepEqual(await inspectImage(bytes, signal), {mediaType: 'image/webp', width: 10, height: 10});
});

test('an image with more pixels than the limit is refused, however small its file', async t => {
  const side = 8001;
  const bytes = await sharp({create: {width: side, height: side, channels: 3, background: 'white'}})
    .png({compressionLevel: 9})
    .toBuffer();
  for (const read of [inspectImage, convertImage, thumbnailOf]) {
    const error = await t.throwsAsync(read(bytes, signal), {instanceOf: RetakeError}, read.name);
    t.is(error.message, 'Expected an image of at most 64 million pixels, but this one has more');
  }
});

const refuses = test.macro({
  async exec(t, bytes: Uint8Array, code: ErrorCode, message: RegExp) {
    for (const read of [inspectImage, convertImage, thumbnailOf]) {
      const error = await t.throwsAsync(read(bytes, signal), {instanceOf: RetakeError, message}, read.name);
      t.is(error.code, code);
      t.regex(error.message, /as PNG, JPEG, GIF, BMP, WebP, AVIF or TIFF/);
      t.is(error.hint, 'Convert it to PNG or JPEG before sending it.');
    }
  },
  title: (title = '') => `${title} is refused with the names of the supported formats`,
});

const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1');
test('HEIC', refuses, heic, 'not_supported', /got HEIC/);
test('SVG', refuses, Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'not_supported', /got SVG/);
test('a PDF', refuses, Buffer.from('%PDF-1.7\n'), 'not_supported', /got a PDF/);
test(
  'a video',
  refuses,
  Buffer.from('\0\0\0\x14ftypisom\0\0\0\0mp42', 'latin1'),
  'not_supported',
  /got video/,
);
test('text', refuses, Buffer.from('no image'), 'invalid_request', /bytes that are not an image/);
test('an empty file', refuses, new Uint8Array(), 'invalid_request', /got no bytes/);

test('a thumbnail is small in pixels and bytes', async t => {
  const thumbnail = await thumbnailOf(await clouds(1600, 1200).png().toBuffer(), signal);
  t.deepEqual([thumbnail.mediaType, thumbnail.width, thumbnail.height], ['image/jpeg', 200, 150]);
  t.deepEqual((await sharp(thumbnail.bytes).metadata()).mediaType, 'image/jpeg');
  t.true(thumbnail.bytes.length < 8 * 1024, String(thumbnail.bytes.length));
});

test('a thumbnail is not larger than its image', async t => {
  const {width, height} = await thumbnailOf(await landmarks(60, 40).png().toBuffer(), signal);
  t.deepEqual([width, height], [60, 40]);
});

test('a thumbnail of a bitmap shows the bitmap', async t => {
  const {bytes, width, height} = await thumbnailOf(bitmap({bits: 8}), signal);
  t.deepEqual([width, height], [3, 2]);
  t.is((await sharp(bytes).metadata()).mediaType, 'image/jpeg');
});

test('a disconnected client does not wait for an image', async t => {
  const bytes = await landmarks().png().toBuffer();
  const gone = AbortSignal.abort(new Error('gone'));
  for (const read of [inspectImage, convertImage, thumbnailOf]) {
    await t.throwsAsync(read(bytes, gone), {message: 'gone'});
  }
});
