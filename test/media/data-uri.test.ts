import test from 'ava';
import fc from 'fast-check';
import {RetakeError} from '../../src/errors.js';
import {decodeDataUri} from '../../src/media/data-uri.js';

test('bytes round-trip through a data URI, as base64 and percent-encoded', t => {
  fc.assert(
    fc.property(fc.uint8Array({maxLength: 60}), bytes => {
      const escaped = [...bytes].map(byte => `%${byte.toString(16).padStart(2, '0')}`).join('');
      const base64 = Buffer.from(bytes).toString('base64');
      t.deepEqual(decodeDataUri(`data:image/png;base64,${base64}`), {bytes, mediaType: 'image/png'});
      t.deepEqual(decodeDataUri(`data:;base64,${encodeURIComponent(base64)}`), {bytes, mediaType: undefined});
      t.deepEqual(decodeDataUri(`data:,${escaped}`), {bytes, mediaType: undefined});
    }),
  );
});

test('text with any characters round-trips through a data URI', t => {
  fc.assert(
    fc.property(fc.string({unit: 'binary'}), text => {
      const {bytes} = decodeDataUri(`data:text/plain,${encodeURIComponent(text)}`);
      t.is(Buffer.from(bytes).toString('utf8'), text);
    }),
  );
});

const read = test.macro({
  exec(t, uri: string, text: string, mediaType: string | undefined) {
    const found = decodeDataUri(uri);
    t.deepEqual([Buffer.from(found.bytes).toString('utf8'), found.mediaType], [text, mediaType]);
  },
  title: (_title, uri) => `${uri} is decoded`,
});

test(read, 'data:,hello', 'hello', undefined);
test(read, 'data:text/plain,a,b', 'a,b', 'text/plain');
test(read, 'DATA:Text/Plain;charset=UTF-8;BASE64,aGk', 'hi', 'Text/Plain;charset=UTF-8');
test(read, 'data:;charset=latin1,hi', 'hi', 'text/plain;charset=latin1');
test(read, 'data:text/plain ; base64,aGk=', 'hi', 'text/plain');
test(read, 'data:text/plain;base64,aGk%3D', 'hi', 'text/plain');
test(read, 'data:application/pdf;name=a.pdf;base64,aGk', 'hi', 'application/pdf;name=a.pdf');
test(read, 'data:text/plain,100%25 of 5% and %zz', '100% of 5% and %zz', 'text/plain');
test(read, 'data:text/plain,é', 'é', 'text/plain');

const refused = test.macro({
  exec(t, uri: string, message: RegExp) {
    const error = t.throws(() => decodeDataUri(uri), {instanceOf: RetakeError, message});
    t.is(error.code, 'invalid_request');
  },
  title: (_title, uri) => `${uri} is refused`,
});

test(refused, 'data:image/png;base64', /has no comma/);
test(refused, 'https://example.com/a,b', /Expected a data URI/);
test(refused, 'data:image/png;base64,iVBO*', /`\*` after 4 digits/);
test(refused, 'data:image/svg+xml,<a href="#b"/>', /has a `#`/);
