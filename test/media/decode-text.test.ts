import test from 'ava';
import fc from 'fast-check';
import {RetakeError} from '../../src/errors.js';
import {decodeText} from '../../src/media/decode-text.js';

const utf16le = (text: string) => Buffer.from(text, 'utf16le');
const utf16be = (text: string) => utf16le(text).swap16();

test('UTF-8 text is decoded, with and without a byte order mark', t => {
  fc.assert(
    fc.property(fc.string({unit: 'binary'}), text => {
      const bytes = Buffer.from(text, 'utf8');
      t.is(decodeText(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]), undefined), text);
      if (!text.startsWith('\ufeff') && !/^[\ufffe]/.test(text)) t.is(decodeText(bytes, 'text/plain'), text);
    }),
  );
});

const reads = test.macro({
  exec(t, bytes: Uint8Array, declared: string | undefined, text: string) {
    t.is(decodeText(bytes, declared), text);
  },
  title: (title = '') => `${title} is decoded`,
});

test('declared UTF-16', reads, utf16le('héllo'), 'text/plain; charset=utf-16', 'héllo');
test('big-endian UTF-16', reads, utf16be('héllo'), 'text/plain; charset=UTF-16BE', 'héllo');
test('UTF-16 with a byte order mark', reads, utf16le('\ufeffhi'), 'text/plain', 'hi');
test('big-endian UTF-16 with a byte order mark', reads, utf16be('\ufeffhi'), undefined, 'hi');
test(
  'a byte order mark that contradicts the declared charset',
  reads,
  Buffer.from('\ufeffé'),
  'text/csv;charset=latin1',
  'é',
);
test('Latin-1', reads, Buffer.from([0x63, 0xe9]), 'text/plain;charset=iso-8859-1', 'cé');
test('the euro sign of Windows-1252', reads, Buffer.from([0x80]), 'text/plain; charset="Windows-1252"', '€');
test('Shift JIS', reads, Buffer.from([0x93, 0xfa, 0x96, 0x7b]), 'text/html;charset=Shift_JIS', '日本');
test('EUC-KR', reads, Buffer.from([0xc7, 0xd1]), 'text/plain;charset=euc-kr', '한');
test('ASCII', reads, Buffer.from('plain'), 'text/plain;charset=US-ASCII', 'plain');
test('text with an invalid media type', reads, Buffer.from('é'), 'words', 'é');

const refuses = test.macro({
  exec(t, bytes: readonly number[], declared: string | undefined, message: RegExp) {
    const error = t.throws(() => decodeText(Uint8Array.from(bytes), declared), {
      instanceOf: RetakeError,
      message,
    });
    t.is(error.code, 'invalid_request');
    t.truthy(error.hint);
  },
  title: (title = '') => `${title} is refused and not garbled`,
});

test('Latin-1 that is declared as UTF-8', refuses, [0x63, 0xe9], 'text/plain', /in utf-8, but the bytes/);
test('a truncated character', refuses, [0xe2, 0x82], undefined, /in utf-8/);
test('half a UTF-16 unit', refuses, [0x61, 0x00, 0x62], 'text/plain;charset=utf-16', /in utf-16/);
test('a lone surrogate', refuses, [0x00, 0xd8, 0x61, 0x00], 'text/plain;charset=utf-16le', /in utf-16le/);
test('a byte that EUC-KR does not have', refuses, [0x80, 0x41], 'text/plain;charset=euc-kr', /in euc-kr/);
test('a non-ASCII byte in ASCII', refuses, [0xc3, 0xa9], 'text/plain;charset=us-ascii', /in us-ascii/);
test('UTF-32', refuses, [0xff, 0xfe, 0, 0, 0x61, 0, 0, 0], undefined, /this is in `utf-32`/);
test('an unknown charset', refuses, [0x61], 'text/plain;charset=klingon', /this is in `klingon`/);
