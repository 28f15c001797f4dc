import test from 'ava';
import {noFacts} from '../../../src/cassette/media-memory.js';
import {addFactRows, factRowsOf, noFactRows} from '../../../src/cassette/rows/fact-rows.js';
import {digestOf} from '../../support/arbitrary-facts.js';

test('of an empty text and none, every process keeps the same reference', t => {
  const reference = {
    url: digestOf('url'),
    shown: 'https://a.example/',
    sha256: digestOf('bytes'),
    mediaType: 'text/plain',
  };
  const sides = [{...reference, text: ''}, reference].map(one => factRowsOf({...noFacts, references: [one]}));
  const kept = [sides, sides.toReversed()].map(order => {
    const all = noFactRows();
    for (const rows of order) addFactRows(all, rows);
    return [...all.refs.values()];
  });
  t.deepEqual(kept[0], kept[1]);
  t.is(kept[0]?.[0]?.text, '');
});
