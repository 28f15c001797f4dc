import {Type} from '@sinclair/typebox';
import {DocumentSettings} from '../../cassette/key/key-settings.js';
import {omitUndefined} from '../../chat/omit-undefined.js';
import {given} from '../places.js';

const {pages, pageSize, maxPages} = DocumentSettings.properties;

/** How attachments are fetched, rendered and stored. */
export const attachmentSettings = {
  pages: Type.Optional(
    Type.Union(pages.anyOf, {
      description:
        'Form of PDF pages for the model (default: as in the cassette, else text for gemma3-270m, else images)',
      ...given({placeholder: 'images|text|both'}),
    }),
  ),
  pageSize: Type.Optional(
    Type.Integer({
      ...bounds(pageSize),
      description: 'Long side of a page in pixels (default: as in the cassette, else 896)',
      ...given({placeholder: 'pixels'}),
    }),
  ),
  maxPages: Type.Optional(
    Type.Integer({
      ...bounds(maxPages),
      description: 'Maximum number of pages of a PDF (default: as in the cassette, else 100)',
    }),
  ),
  rasterizer: Type.Union([Type.Literal('auto'), Type.Literal('pdftoppm'), Type.Literal('pdfium')], {
    default: 'auto',
    description: 'What renders PDFs: pdftoppm, pdfium, or auto for pdftoppm if it is on PATH, else pdfium',
    ...given({placeholder: 'name'}),
  }),
  renderTimeout: Type.Integer({
    minimum: 1,
    default: 20_000,
    description: 'Timeout in milliseconds for rasterizing a PDF',
    ...given({placeholder: 'ms'}),
  }),
  allowUrl: Type.Array(Type.String({minLength: 1}), {
    default: [],
    description: 'Private hosts to fetch attachments from: HOST, HOST:PORT or *.HOST',
    ...given({placeholder: 'hosts'}),
  }),
  mediaRoot: Type.Array(Type.String({minLength: 1}), {
    default: [],
    description: 'Folders with files that requests may attach by path',
    ...given({placeholder: 'folders', path: 'always'}),
  }),
  thumbnails: Type.Union([Type.Literal('on'), Type.Literal('off')], {
    default: 'on',
    description: 'Thumbnails of pages and images in the cassette, for reviewers',
    ...given({placeholder: 'on|off'}),
  }),
  media: Type.Union([Type.Literal('digests'), Type.Literal('full')], {
    default: 'digests',
    description: 'Attachments in the cassette: stored in full, or as digests',
    ...given({placeholder: 'digests|full'}),
  }),
};

function bounds({minimum, maximum}: {minimum?: number; maximum?: number}) {
  return omitUndefined({minimum, maximum});
}
