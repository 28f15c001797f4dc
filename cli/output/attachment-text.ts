import type {AttachmentList, ShownItem} from '../../src/attachments/list-attachments.js';
import {printableLine} from './printable.js';

/** What a question shows to the model besides text, a line each. */
export function describeAttachments({items, documents, references}: AttachmentList): readonly string[] {
  const width = Math.max(0, ...items.map(({name}) => name.length));
  return [
    ...items.map(item => `${item.name.padEnd(width)}  ${item.digest.slice(0, 12)}…${describePicture(item)}`),
    ...documents.map(
      ({pdf, renderer, pages}) =>
        `${pages === 1 ? 'its page is' : `its ${pages} pages are`} those of the PDF ${pdf.slice(0, 12)}…, rasterised by ${printableLine(renderer)}`,
    ),
    ...references.map(
      ({shown, sha256, mediaType}) =>
        `${sha256.slice(0, 12)}… was fetched from ${printableLine(shown)} (${printableLine(mediaType)})`,
    ),
  ];
}

function describePicture({thumbnail}: ShownItem): string {
  if (!thumbnail) return '  no picture is kept';
  const {width, height} = thumbnail;
  return width === undefined || height === undefined ? '' : `  ${width} × ${height}`;
}
