import {addFactRow, noFactRows} from '../rows/fact-rows.js';
import {mergeFacts} from '../rows/merge-facts.js';
import type {SortedFacts} from '../rows/sorted-facts.js';
import type {StoredInteraction} from '../rows/stored-cassette.js';

/**
 * What a cassette remembers of the media that these questions show: pictures of pages and images that stand in them, PDFs of which a page
 * does, and what addresses led to. A text file stands in a question without its digest, so what is remembered of texts stays.
 */
export function factsInUse(
  {facts}: {readonly facts: SortedFacts},
  interactions: Iterable<StoredInteraction>,
): SortedFacts {
  const shown = new Set<string>();
  for (const {row} of interactions) {
    for (const [digest] of row.request.matchAll(/[0-9a-f]{64}/g)) shown.add(digest);
  }
  const rows = noFactRows();
  for (const render of facts.rows('renders')) {
    const isShown = [...render.pages.matchAll(/[0-9a-f]{64}/g)].some(([digest]) => shown.has(digest));
    if (!isShown) continue;
    addFactRow(rows, 'renders', render);
    shown.add(render.pdf);
  }
  for (const reference of facts.rows('refs')) {
    if (reference.text !== null || shown.has(reference.sha256)) addFactRow(rows, 'refs', reference);
  }
  for (const media of facts.rows('media')) {
    if (shown.has(media.digest)) addFactRow(rows, 'media', media);
  }
  return mergeFacts(undefined, rows);
}
