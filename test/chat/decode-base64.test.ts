import test from 'ava';
import fc from 'fast-check';
import {decodeBase64} from '../../src/chat/decode-base64.js';
import {RetakeError} from '../../src/errors.js';

test('any spelling of base64 gives the same bytes', t => {
  const spelling = fc.record({
    bytes: fc.uint8Array({maxLength: 100}),
    isUrlSafe: fc.boolean(),
    isPadded: fc.boolean(),
    breaks: fc.array(fc.tuple(fc.nat(200), fc.constantFrom('\n', '\r\n', ' ', '\t'))),
  });
  fc.assert(
    fc.property(spelling, ({bytes, isUrlSafe, isPadded, breaks}) => {
      const standard = Buffer.from(bytes).toString('base64');
      const alphabet = isUrlSafe ? standard.replaceAll('+', '-').replaceAll('/', '_') : standard;
      const padded = isPadded ? alphabet : alphabet.replace(/=+$/, '');
      const text = breaks.reduce(
        (broken, [at, space]) => broken.slice(0, at) + space + broken.slice(at),
        padded,
      );
      t.deepEqual(decodeBase64(text), bytes);
    }),
  );
});

const refused = test.macro({
  exec(t, text: string, problem: string) {
    const error = t.throws(() => decodeBase64(text), {instanceOf: RetakeError});
    t.is(error.code, 'invalid_request');
    t.is(error.message, `Expected base64, but ${problem}`);
  },
  title: (_title, text) => `\`${text}\` is not base64`,
});

test(refused, 'QUJDR', '5 digits are no whole number of bytes');
test(refused, 'QU!D', 'it has `!` after 2 digits');
test(refused, 'QQ==QQ==', 'it has `=` after 2 digits');
test(refused, 'QQ===', 'it has `=` after 2 digits');
test(refused, 'QUJD😀', 'it has `😀` after 4 digits');
test(refused, '{"type":"image"}', 'it has `{` after 0 digits');

test('what is no digit is found anywhere in a text, whatever it is', t => {
  // Those that Node skips, ends at, or takes for digits because of their last eight bits.
  const strange = fc.constantFrom('!', '=', '\u0000', '\u00a0', '\u0141', '\u2041', '😀', '.', '*');
  fc.assert(
    fc.property(fc.uint8Array({minLength: 4, maxLength: 40}), fc.nat(3), strange, (bytes, at, inserted) => {
      const text = Buffer.from(bytes).toString('base64');
      const broken = text.slice(0, at) + inserted + text.slice(at + inserted.length);
      t.throws(() => decodeBase64(broken), {message: /it has `/});
    }),
  );
});

test('bytes have memory of their own', t => {
  for (const length of [3, 3000, 30_000]) {
    const bytes = decodeBase64(Buffer.alloc(length, 7).toString('base64'));
    t.is(bytes.buffer.byteLength, length);
    t.is(Object.getPrototypeOf(bytes), Uint8Array.prototype);
  }
});

test('a long text is decoded, and an invalid character at its end is found', t => {
  const text = 'QUJD'.repeat(4_000_000);
  t.is(decodeBase64(text).length, 12_000_000);
  t.throws(() => decodeBase64(`${text}*`), {message: /`\*` after 16000000 digits/});
});

test('long texts that differ in one place have bytes of their own, however often they are asked for', t => {
  const length = 90_000;
  fc.assert(
    fc.property(fc.array(fc.nat(length - 1), {minLength: 1, maxLength: 30}), places => {
      for (const place of [...places, ...places]) {
        const bytes = new Uint8Array(length);
        bytes[place] = 1;
        const text = Buffer.from(bytes).toString('base64');
        t.is(Buffer.compare(decodeBase64(text), bytes), 0);
        t.is(decodeBase64(`${text}`), decodeBase64(text));
      }
    }),
    {numRuns: 20},
  );
});
