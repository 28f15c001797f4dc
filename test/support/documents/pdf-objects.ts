import {type PDFContext, PDFNull, type PDFObject, PDFRef} from 'pdf-lib';

/** The objects of a parsed document, in order from number 1. */
export function numberedObjects(context: PDFContext): readonly PDFObject[] {
  return Array.from(
    {length: context.largestObjectNumber},
    (_, index) => context.lookup(PDFRef.of(index + 1)) ?? PDFNull,
  );
}

export function bytesOf(object: PDFObject): Uint8Array {
  const bytes = new Uint8Array(object.sizeInBytes());
  object.copyBytesInto(bytes, 0);
  return bytes;
}

export function rootOf({trailerInfo: {Root: root}}: PDFContext): number {
  if (root instanceof PDFRef) return root.objectNumber;
  throw new Error('Expected the document to have a catalog');
}
