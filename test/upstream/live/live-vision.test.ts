import {createHash} from 'node:crypto';
import test, {type ExecutionContext} from 'ava';
import sharp from 'sharp';
import type {EncodedImage, MediaReader} from '../../../src/chat/media.js';
import {foldChunks, foldTokenCount} from '../../../src/chat/reply.js';
import type {Content} from '../../../src/chat/request.js';
import {createRasterizer} from '../../../src/documents/rasterizer.js';
import {buildPdf, textPage} from '../../support/documents/build-pdf.js';
import {popplerTest, rasterize, searchPath} from '../../support/documents/poppler.js';
import {liveVisionUpstream} from '../../support/live-vision-upstream.js';

/** An image of 64 × 64 pixels, left half black. */
const half = (color: string) =>
  sharp({create: {width: 64, height: 64, channels: 3, background: color}}).composite([
    {input: {create: {width: 32, height: 64, channels: 3, background: 'black'}}, left: 0, top: 0},
  ]);

const image = (bytes: Uint8Array, mediaType: string): EncodedImage => ({bytes, mediaType});
const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function reader(images: readonly EncodedImage[]): MediaReader {
  const known = new Map(images.map(one => [digestOf(one.bytes), one]));
  const find = async (digest: string) => {
    const found = known.get(digest);
    if (!found) throw new Error(`no picture ${digest}`);
    return found;
  };
  return {pagesGiven: 'images', image: find, page: find};
}

const pictureOf = ({bytes}: EncodedImage): Content => ({type: 'image', sha256: digestOf(bytes)});

/** What the model sees, as the probabilities of its first token: equal only for equal images in equal order. */
async function impressionOf(
  t: ExecutionContext,
  content: readonly Content[],
  images: readonly EncodedImage[],
) {
  const upstream = await liveVisionUpstream(t);
  const {candidates} = await foldChunks(
    upstream.model(
      {
        operation: 'chat',
        turns: [{role: 'user', parts: [{type: 'text', text: 'What is this?'}, ...content]}],
        sampling: {temperature: 0, maxTokens: 1},
        logprobs: {top: 5},
        // Results computed together with another request are rounded differently.
        extras: {cache_prompt: false},
      },
      {signal: new AbortController().signal, media: reader(images)},
    ),
  );
  return candidates[0]?.logprobs?.[0]?.top.map(({token, logprob}) => [token, logprob]);
}

test('PNG, JPEG, GIF and BMP are really decoded: the same image looks the same in each, and another one different', async t => {
  const png = image(await half('red').png().toBuffer(), 'image/png');
  const lossless = [
    image(await half('red').gif().toBuffer(), 'image/gif'),
    image(bitmap(await half('red').removeAlpha().raw().toBuffer(), 64), 'image/bmp'),
  ];
  const jpeg = image(await half('red').jpeg({quality: 95}).toBuffer(), 'image/jpeg');
  const other = image(await half('white').png().toBuffer(), 'image/png');
  const seen = await impressionOf(t, [pictureOf(png)], [png]);
  for (const one of lossless)
    t.deepEqual(await impressionOf(t, [pictureOf(one)], [one]), seen, one.mediaType);
  const likeJpeg = await impressionOf(t, [pictureOf(jpeg)], [jpeg]);
  t.is(likeJpeg?.length, 5);
  t.notDeepEqual(await impressionOf(t, [pictureOf(other)], [other]), seen);
  t.notDeepEqual(likeJpeg, await impressionOf(t, [pictureOf(other)], [other]));
});

test('an image costs 256 tokens plus its delimiters', async t => {
  const upstream = await liveVisionUpstream(t);
  const png = image(await half('red').png().toBuffer(), 'image/png');
  const count = async (...content: readonly Content[]) => {
    const {tokens} = await foldTokenCount(
      upstream.model(
        {
          operation: 'count-tokens',
          turns: [{role: 'user', parts: [{type: 'text', text: 'What?'}, ...content]}],
        },
        {signal: new AbortController().signal, media: reader([png])},
      ),
    );
    return tokens;
  };
  const pictured = (await count(pictureOf(png))) - (await count());
  t.true(pictured >= 256 && pictured < 266, `${pictured}`);
});

test('an invalid image is refused with the engine’s message', async t => {
  const broken = image(Buffer.from('no picture at all'), 'image/png');
  await t.throwsAsync(impressionOf(t, [pictureOf(broken)], [broken]), {code: 'upstream_rejected'});
});

popplerTest('the pages of a PDF are seen in order', async t => {
  const pdf = await buildPdf({pages: [textPage('First page'), textPage('The second one', 'is longer')]});
  const {pages} = await rasterize(createRasterizer({path: searchPath}), pdf, {keep: {png: true}});
  const pictures = pages.map(({png}) => image(png ?? new Uint8Array(), 'image/png'));
  const document = (order: readonly EncodedImage[]): Content => ({
    type: 'document',
    render: {pageSize: 896, maxPages: 100},
    pages: order.map(({bytes}) => ({pixels: digestOf(bytes)})),
  });
  const inOrder = await impressionOf(t, [document(pictures)], pictures);
  t.deepEqual(await impressionOf(t, pictures.map(pictureOf), pictures), inOrder);
  t.notDeepEqual(await impressionOf(t, [document(pictures.toReversed())], pictures), inOrder);
});

/** RGB pixels as an uncompressed bitmap of 24 bits (a BITMAPINFOHEADER), whose rows go from the lowest up and are BGR. */
function bitmap(pixels: Buffer, width: number): Buffer {
  const height = pixels.length / 3 / width;
  const row = Math.ceil((width * 3) / 4) * 4;
  const bytes = Buffer.alloc(54 + row * height);
  bytes.write('BM');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = ((height - 1 - y) * width + x) * 3;
      const to = 54 + y * row + x * 3;
      for (const channel of [0, 1, 2]) bytes[to + channel] = pixels[from + 2 - channel] ?? 0;
    }
  }
  return bytes;
}
