import test from 'ava';
import {RetakeError} from '../../src/errors.js';
import {readBitmap} from '../../src/media/read-bitmap.js';
import {bitmap} from './pictures.js';

const red = [255, 0, 0] as const;
const green = [0, 255, 0] as const;
const blue = [0, 0, 255] as const;
const white = [255, 255, 255] as const;
const black = [0, 0, 0] as const;

function rowsOf(bytes: Uint8Array) {
  const {width, height, colorAt} = readBitmap(bytes);
  return Array.from({length: height}, (_, y) => Array.from({length: width}, (_, x) => colorAt(x, y)));
}

const reads = test.macro({
  exec(t, bytes: Uint8Array) {
    t.deepEqual(rowsOf(bytes), [
      [red, green, blue],
      [white, black, red],
    ]);
  },
  title: (title = '') => `a bitmap with ${title} is decoded`,
});

test('4 bits', reads, bitmap({bits: 4}));
test('8 bits', reads, bitmap({bits: 8}));
test('8 bits and the old header', reads, bitmap({bits: 8, isOld: true}));
test('16 bits', reads, bitmap({bits: 16}));
test('16 bits and masks', reads, bitmap({bits: 16, masks: [0xf800, 0x7e0, 0x1f]}));
test('24 bits', reads, bitmap({bits: 24}));
test('24 bits, from the top', reads, bitmap({bits: 24, isTopDown: true}));
test('24 bits and the old header', reads, bitmap({bits: 24, isOld: true}));
test('32 bits', reads, bitmap({bits: 32}));
test('32 bits and masks', reads, bitmap({bits: 32, masks: [0xff000000, 0xff0000, 0xff00]}));

test('a bitmap with 1 bit is decoded', t => {
  t.deepEqual(rowsOf(bitmap({bits: 1})), [
    [red, black, red],
    [black, black, red],
  ]);
});

test('a bitmap that is truncated anywhere is refused', t => {
  for (const whole of [bitmap({bits: 24}), bitmap({bits: 4, isTopDown: true})]) {
    for (let length = 18; length < whole.length; length++) {
      t.throws(() => readBitmap(whole.subarray(0, length)), {instanceOf: RetakeError}, String(length));
    }
  }
});

const refuses = test.macro({
  exec(t, offset: number, bytes: readonly number[], message: RegExp) {
    const changed = bitmap({bits: 24});
    changed.set(bytes, offset);
    t.throws(() => readBitmap(changed), {instanceOf: RetakeError, message});
  },
  title: (title = '') => `a bitmap with ${title} is refused`,
});

test('compressed pixels', refuses, 30, [1], /has compressed pixels/);
test('3 bits', refuses, 28, [3], /has 3 bits for each pixel/);
test('no width', refuses, 18, [0, 0, 0, 0], /has no pixels/);
test('a negative width', refuses, 18, [0xff, 0xff, 0xff, 0xff], /has no pixels/);
test('too many pixels', refuses, 18, [0, 0, 0, 8], /at most 64 million pixels/);
test('more rows than bytes', refuses, 22, [9], /damaged or cut off/);
test('pixels after its end', refuses, 10, [0xff, 0xff, 0xff, 0xff], /damaged or cut off/);
test('a header that only OS/2 uses', refuses, 14, [64], /has a header of 64 bytes/);
