import {decodePDFRawStream, PDFDocument, PDFHexString, PDFName, PDFRawStream} from 'pdf-lib';
import {bytesOf, numberedObjects, rootOf} from './pdf-objects.js';
import {writePdf} from './write-pdf.js';

type Variant = (pdf: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/** The same pages in different bytes. */
export const variants = {
  'another title, producer and date': pdf =>
    resave(pdf, document => {
      document.setTitle('Another title');
      document.setProducer('Another producer');
      document.setModificationDate(new Date('2026-01-02T03:04:05Z'));
    }),
  'another /ID': pdf =>
    resave(pdf, ({context}) => {
      const id = PDFHexString.of('00112233445566778899aabbccddeeff');
      context.trailerInfo.ID = context.obj([id, id]);
    }),
  'XMP metadata': pdf =>
    resave(pdf, ({context, catalog}) => {
      const xmp = '<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"/><?xpacket end="w"?>';
      const stream = context.stream(xmp, {Type: 'Metadata', Subtype: 'XML'});
      catalog.set(PDFName.of('Metadata'), context.register(stream));
    }),
  'object streams': pdf => resave(pdf, () => {}, {useObjectStreams: true}),
  'the objects in another order': reorderObjects,
  'streams that are not compressed': pdf => resave(pdf, uncompressStreams),
  'an incremental update of its metadata': updateIncrementally,
  'leading junk': pdf => concat(Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n'), pdf),
  'trailing junk': pdf => concat(pdf, Buffer.from('\n<!-- served by a web server -->\n')),
} as const satisfies Record<string, Variant>;

async function resave(
  pdf: Uint8Array,
  change: (document: PDFDocument) => void,
  {useObjectStreams = false} = {},
): Promise<Uint8Array> {
  const document = await PDFDocument.load(pdf, {updateMetadata: false});
  change(document);
  return document.save({useObjectStreams, addDefaultPage: false, updateFieldAppearances: false});
}

function uncompressStreams({context}: PDFDocument): void {
  for (const [reference, object] of context.enumerateIndirectObjects()) {
    const filter = object instanceof PDFRawStream && object.dict.get(PDFName.of('Filter'));
    if (!(object instanceof PDFRawStream) || filter !== PDFName.of('FlateDecode')) continue;
    const dictionary = object.dict.clone();
    dictionary.delete(PDFName.of('Filter'));
    context.assign(reference, PDFRawStream.of(dictionary, decodePDFRawStream(object).decode()));
  }
}

/** The same objects under the same numbers, the last one first in the file. */
async function reorderObjects(pdf: Uint8Array): Promise<Uint8Array> {
  const {context} = await PDFDocument.load(pdf, {updateMetadata: false});
  const objects = numberedObjects(context);
  const numbers = objects.map((_, index) => index + 1);
  return writePdf(objects.map(bytesOf), {root: rootOf(context), order: numbers.toReversed()});
}

/** What an editor appends if only the document's properties change. */
async function updateIncrementally(pdf: Uint8Array): Promise<Uint8Array> {
  const {context} = await PDFDocument.load(pdf, {updateMetadata: false});
  // Far after the object streams, which pdf-lib does not count.
  const number = context.largestObjectNumber + 1000;
  const previous = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(
    Buffer.from(pdf.subarray(-64)).toString('latin1'),
  )?.[1];
  const object = `${number} 0 obj\n<< /Title (Changed later) /ModDate (D:20260102030405Z) >>\nendobj\n`;
  const trailer = `<< /Size ${number + 1} /Root ${rootOf(context)} 0 R /Info ${number} 0 R /Prev ${previous} >>`;
  const entry = `${String(pdf.length).padStart(10, '0')} 00000 n `;
  return concat(
    pdf,
    Buffer.from(
      `${object}xref\n${number} 1\n${entry}\ntrailer\n${trailer}\nstartxref\n${pdf.length + object.length}\n%%EOF\n`,
    ),
  );
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
