import {createHash} from 'node:crypto';
import fc from 'fast-check';
import {type MediaFacts, noFacts} from '../../src/cassette/media-memory.js';

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const arbitraryDigest = fc.nat({max: 5}).map(number => digestOf(String(number)));
const pages = fc.array(fc.record({pixels: arbitraryDigest, text: fc.string()}, {requiredKeys: ['pixels']}), {
  minLength: 1,
  maxLength: 3,
});

/** Facts about a few PDFs, URLs and images; they sometimes contradict each other. */
export const arbitraryFacts: fc.Arbitrary<MediaFacts> = fc.record({
  renders: fc.array(
    fc.record({
      pdf: arbitraryDigest,
      options: fc.constantFrom('{"pageSize":896}', '{"pageSize":1568}'),
      pages,
      renderer: fc.constantFrom('pdftoppm 22.12.0', 'pdftoppm 25.03.0'),
    }),
    {maxLength: 5},
  ),
  references: fc.array(
    fc.record(
      {
        url: arbitraryDigest,
        shown: fc.constantFrom('https://a.example/', 'https://b.example/'),
        sha256: arbitraryDigest,
        mediaType: fc.constantFrom('text/plain', 'image/png'),
        text: fc.string(),
      },
      {requiredKeys: ['url', 'shown', 'sha256', 'mediaType']},
    ),
    {maxLength: 5},
  ),
  media: fc.array(
    fc
      .record({
        digest: arbitraryDigest,
        mediaType: fc.constantFrom('image/webp', 'image/jpeg'),
        bytes: fc.uint8Array({maxLength: 50}),
        width: fc.integer({min: 1, max: 900}),
        height: fc.integer({min: 1, max: 900}),
      })
      .map(thumbnail => ({...thumbnail, kind: 'thumbnail' as const})),
    {maxLength: 5},
  ),
});

/** A fact learned with a request: its document has one page. */
export function renderFor(question: string): MediaFacts {
  const pages = [{pixels: digestOf(`page of ${question}`)}];
  return {
    ...noFacts,
    renders: [{pdf: digestOf(question), options: '{}', pages, renderer: 'pdftoppm 22.12.0'}],
  };
}

/** One PDF of two pages, one URL, and a thumbnail of the first page. */
export const someFacts: MediaFacts = {
  renders: [
    {
      pdf: digestOf('pdf'),
      options: '{}',
      pages: [{pixels: digestOf('page 1')}, {pixels: digestOf('page 2'), text: 'two'}],
      renderer: 'pdftoppm 22.12.0',
    },
  ],
  references: [
    {
      url: digestOf('url'),
      shown: 'https://a.example/?…',
      sha256: digestOf('pdf'),
      mediaType: 'application/pdf',
    },
  ],
  media: [
    {
      kind: 'thumbnail',
      digest: digestOf('page 1'),
      mediaType: 'image/webp',
      bytes: new Uint8Array(Buffer.from('a picture')),
      width: 634,
      height: 896,
    },
  ],
};
