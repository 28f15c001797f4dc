import test from 'ava';
import {isPdf} from '../../src/documents/is-pdf.js';

const bytes = (text: string) => Buffer.from(text, 'latin1');

test('a PDF is recognized by its first bytes', t => {
  t.true(isPdf(bytes('%PDF-1.7\n')));
  t.false(isPdf(bytes('PK\x03\x04')));
  t.false(isPdf(bytes('%PDF')));
  t.false(isPdf(new Uint8Array()));
});

test('junk before the PDF header is accepted if the header ends within 1,024 bytes', t => {
  t.true(isPdf(bytes(`${'x'.repeat(1019)}%PDF-1.7`)));
  t.false(isPdf(bytes(`${'x'.repeat(1020)}%PDF-1.7`)));
});

test('only the given view is checked, not the buffer behind it', t => {
  const whole = bytes('%PDF-1.7 and more');
  t.false(isPdf(whole.subarray(1)));
  t.true(isPdf(bytes('xx%PDF-1.4').subarray(2)));
});
