import {type PdfObject, writePdf} from './write-pdf.js';

/** Pages of one line each, whose font maps the letter X to the text `(\f)`. */
export function formFeedPdf(lines: readonly string[]): Uint8Array {
  const toUnicode =
    '/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n' +
    '1 begincodespacerange <00> <ff> endcodespacerange\n1 beginbfchar <58> <0028000c0029> endbfchar\n' +
    'endcmap CMapName currentdict /CMap defineresource pop end end';
  const firstPage = 5;
  const kids = lines.map((_, index) => `${firstPage + index * 2} 0 R`).join(' ');
  return writePdf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${lines.length} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Courier /ToUnicode 4 0 R >>',
    {dictionary: '', data: Buffer.from(toUnicode)},
    ...lines.flatMap((line, index): readonly PdfObject[] => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 100] /Contents ${firstPage + index * 2 + 1} 0 R /Resources << /Font << /F 3 0 R >> >> >>`,
      {dictionary: '', data: Buffer.from(`BT /F 12 Tf 20 50 Td (${line}) Tj ET`)},
    ]),
  ]);
}
