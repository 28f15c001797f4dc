import {buildPdf, textPage} from './build-pdf.js';
import {encryptPdf} from './encrypt-pdf.js';
import {overstatedPages} from './pdf-bombs.js';

const onePage = () => buildPdf({pages: [textPage('One')]});

/** Files that no rasterizer renders, and what it says. */
export const refusedPdfs: Record<string, {pdf: () => Uint8Array | Promise<Uint8Array>; says: RegExp}> = {
  'an empty file': {pdf: () => new Uint8Array(), says: /^Expected a PDF, but it is empty$/},
  'a file that is not a PDF': {
    pdf: () => Buffer.from('Dear Sir'),
    says: /^Expected a PDF, but these bytes are none/,
  },
  'a file with nothing but the header of a PDF': {
    pdf: () => Buffer.from('%PDF-1.7\nDear Sir'),
    says: /^The PDF is damaged: /,
  },
  'a PDF that needs a password': {
    pdf: async () => encryptPdf(await onePage(), {user: 'secret', owner: 'secret'}),
    says: /^The PDF is encrypted and opens only with a password$/,
  },
  'a PDF without pages': {
    pdf: () => buildPdf({pages: []}),
    says: /^Expected the PDF to have pages, but none can be found in it$/,
  },
  'more pages than the limit': {
    pdf: () => buildPdf({pages: Array.from({length: 101}, () => ({}))}),
    says: /^The PDF has more than 100 pages: 101$/,
  },
  'fewer pages than announced': {
    pdf: () => overstatedPages(3),
    says: /^The PDF is damaged: page 2 is announced, but missing$/,
  },
};
