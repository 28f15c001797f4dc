import type {AttachmentList, ShownItem} from '../../src/attachments/list-attachments.js';
import {printableLine} from './printable.js';

/** The attachments of a request, one line each. */
export function describeAttachments({items, documents, references}: AttachmentList): readonly string[] {
  const width = Math.max(0, ...items.map(({name}) => name.length));
  return [
    ...items.map(item => `${item.name.padEnd(width)}  ${item.digest.slice(0, 12)}…${describePicture(item)}`),
    ...documents.map(
      ({pdf, renderer, pages}) =>
        `${pages === 1 ? '1 page' : `${pages} pages`} of the PDF ${pdf.slice(0, 12)}…, rasterized by ${printableLine(renderer)}`,
    ),
    ...references.map(
      ({shown, sha256, mediaType}) =>
        `${sha256.slice(0, 12)}… fetched from ${printableLine(shown)} (${printableLine(mediaType)})`,
    ),
  ];
}

function describePicture({thumbnail}: ShownItem): string {
  if (!thumbnail) return '  no thumbnail';
  const {width, height} = thumbnail;
  return width === undefined || height === undefined ? '' : `  ${width} × ${height}`;
}
