import type {MediaFacts, MediaMemory} from '../media-memory.js';
import {
  type FactRows,
  factRowsOf,
  hasFactRows,
  readMedia,
  readReference,
  readRender,
} from '../rows/fact-rows.js';
import type {Query} from './driver.js';
import {allFactRows, factRows} from './fact-store.js';

/** The stored facts about attachments of a cassette. `keep` stores facts that come without a take. */
export function createStoreMemory(options: {
  readonly query: Query;
  readonly name: string;
  readonly shown: string;
  readonly keep: (facts: FactRows) => Promise<void>;
}): MediaMemory {
  const {query, name: cassette, shown, keep} = options;
  const media = async (kind: string, digest: string) => {
    const [row] = await factRows(query, 'media', {
      cassette,
      columns: ['kind', 'digest'],
      values: [kind, digest],
    });
    return row && readMedia(shown, row);
  };
  return {
    async renders(pdf, renderOptions) {
      const wanted = {cassette, columns: ['pdf', 'options'], values: [pdf, renderOptions]};
      return (await factRows(query, 'renders', wanted)).map(row => readRender(shown, row));
    },
    async references(url) {
      const rows = await factRows(query, 'refs', {cassette, columns: ['url'], values: [url]});
      return rows.map(row => readReference(shown, row));
    },
    thumbnail: digest => media('thumbnail', digest),
    original: sha256 => media('original', sha256),
    async *allRenders() {
      for await (const row of allFactRows(query, 'renders', cassette)) yield readRender(shown, row);
    },
    async *allReferences() {
      for await (const row of allFactRows(query, 'refs', cassette)) yield readReference(shown, row);
    },
    async learn(facts: MediaFacts) {
      const rows = factRowsOf(facts);
      if (hasFactRows(rows)) await keep(rows);
    },
  };
}
