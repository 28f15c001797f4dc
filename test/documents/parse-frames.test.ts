import test from 'ava';
import fc from 'fast-check';
import {type FramePart, parseFrames} from '../../src/documents/parse-frames.js';

type Frame = {readonly width: number; readonly height: number; readonly pixels: readonly number[]};

const arbitraryFrame: fc.Arbitrary<Frame> = fc
  .record({width: fc.integer({min: 1, max: 12}), height: fc.integer({min: 1, max: 12})})
  .chain(({width, height}) => {
    const length = width * height * 3;
    return fc
      .array(fc.integer({min: 0, max: 255}), {minLength: length, maxLength: length})
      .map(pixels => ({width, height, pixels}));
  });

test('frames are the same however the bytes are split', async t => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(arbitraryFrame, {maxLength: 4}),
      fc.array(fc.integer({min: 1, max: 40})),
      async (frames, cuts) => {
        const {complete, rest} = await gather(parseFrames(cut(format(frames), cuts)));
        t.deepEqual(complete, frames);
        t.is(rest, undefined);
      },
    ),
  );
});

test('a truncated frame has no end', async t => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(arbitraryFrame, {minLength: 1, maxLength: 3}),
      fc.nat(),
      async (frames, seed) => {
        const bytes = format(frames);
        const length = seed % bytes.length;
        const {complete} = await gather(parseFrames(cut(bytes.subarray(0, length), [7])));
        t.true(complete.length < frames.length);
        t.deepEqual(complete, frames.slice(0, complete.length));
      },
    ),
  );
});

test('a frame is announced before its first pixel, whatever size it declares', async t => {
  const parts: FramePart[] = [];
  for await (const part of parseFrames(cut(Buffer.from('P6\n999999999 999999999\n255\n'), [5])))
    parts.push(part);
  t.deepEqual(parts, [{type: 'frame-start', width: 999_999_999, height: 999_999_999}]);
});

for (const [what, bytes] of [
  ['a PNG', '\x89PNG\r\n'],
  ['a grey image', 'P5\n1 1\n255\na'],
  ['a size of zero', 'P6\n0 5\n255\n'],
  ['an endless header', `P6\n${'1'.repeat(100)}`],
  ['extra bytes between two frames', 'P6\n1 1\n255\nabcdP6\n1 1\n255\nabc'],
] as const)
  test(`${what} is refused`, async t => {
    await t.throwsAsync(gather(parseFrames(cut(Buffer.from(bytes.padEnd(100), 'latin1'), [3]))), {
      message: /^Expected a PPM image from the rasterizer, but it wrote something else$/,
    });
  });

function format(frames: readonly Frame[]): Buffer {
  return Buffer.concat(
    frames.flatMap(({width, height, pixels}) => [
      Buffer.from(`P6\n${width} ${height}\n255\n`),
      Buffer.from(pixels),
    ]),
  );
}

async function* cut(bytes: Uint8Array, lengths: readonly number[]): AsyncIterable<Uint8Array> {
  for (let offset = 0, index = 0; offset < bytes.length; index++) {
    const length = lengths[index % lengths.length] ?? bytes.length;
    yield bytes.subarray(offset, offset + length);
    offset += length;
  }
}

async function gather(parts: AsyncIterable<FramePart>) {
  const complete: Frame[] = [];
  let rest: {width: number; height: number; pixels: number[]} | undefined;
  for await (const part of parts) {
    if (part.type === 'frame-start') rest = {width: part.width, height: part.height, pixels: []};
    else if (part.type === 'pixels') rest?.pixels.push(...part.bytes);
    else if (rest) {
      complete.push(rest);
      rest = undefined;
    }
  }
  return {complete, rest};
}
