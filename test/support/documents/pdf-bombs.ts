import {once} from 'node:events';
import {createDeflate} from 'node:zlib';
import {type PdfObject, writePdf} from './write-pdf.js';

/** Small files that need far more time, memory or output than acceptable. */
export const bombs = {
  'a page of 144,000 by 144,000 points': () =>
    onePage('[0 0 144000 144000]', 'q 1 0 0 rg 0 0 70000 70000 re f Q'),
  'a page of 200 by 200 inches': () => onePage('[0 0 14400 14400]', 'q 1 0 0 rg 0 0 7000 7000 re f Q'),
  'a content stream of 400 MB': contentBomb,
  'forms nested a thousand million times': nestedForms,
  'a million objects': millionObjects,
} as const satisfies Record<string, () => Uint8Array | Promise<Uint8Array>>;

/** A page tree that announces more pages than it has, in a file with that many objects: poppler does not accept more pages than objects. */
export function overstatedPages(announced: number): Uint8Array {
  return writePdf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [3 0 R] /Count ${announced} >>`,
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>',
    ...Array.from({length: announced}, () => 'null'),
  ]);
}

function onePage(mediaBox: string, content: string): Uint8Array {
  return withContent(mediaBox, {dictionary: '', data: Buffer.from(content)});
}

function withContent(mediaBox: string, content: PdfObject, more: readonly PdfObject[] = []): Uint8Array {
  const resources = more.length > 0 ? '/Resources << /XObject << /F 5 0 R >> >>' : '';
  return writePdf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox ${mediaBox} /Contents 4 0 R ${resources} >>`,
    content,
    ...more,
  ]);
}

async function contentBomb(): Promise<Uint8Array> {
  const deflate = createDeflate({level: 1});
  const data: Buffer[] = [];
  deflate.on('data', (chunk: Buffer) => data.push(chunk));
  const megabyte = Buffer.from('0 0 m 500 500 l S\n'.repeat(58_254));
  for (let count = 0; count < 400; count++) if (!deflate.write(megabyte)) await once(deflate, 'drain');
  deflate.end();
  await once(deflate, 'end');
  return withContent('[0 0 500 500]', {dictionary: '/Filter /FlateDecode', data: Buffer.concat(data)});
}

/** Each form draws the next one twice. */
function nestedForms(): Uint8Array {
  const depth = 30;
  const forms = Array.from({length: depth}, (_, level): PdfObject => {
    const isLast = level === depth - 1;
    return {
      dictionary: `/Type /XObject /Subtype /Form /BBox [0 0 500 500] ${isLast ? '' : `/Resources << /XObject << /F ${level + 6} 0 R >> >>`}`,
      data: Buffer.from(isLast ? '0 0 10 10 re f' : '/F Do /F Do'),
    };
  });
  return withContent('[0 0 500 500]', {dictionary: '', data: Buffer.from('/F Do')}, forms);
}

function millionObjects(): Uint8Array {
  return withContent('[0 0 500 500]', {dictionary: '', data: Buffer.from('0 0 10 10 re f')}, [
    ...Array.from({length: 1_000_000}, (_, index) => `[${index}]`),
  ]);
}
