import test from 'ava';
import fc from 'fast-check';
import {slicesOf} from '../../src/documents/slices.js';

test('slices contain every page once, in order, and there are no more slices than processes', t => {
  fc.assert(
    fc.property(fc.integer({min: 1, max: 2000}), fc.integer({min: 1, max: 64}), (pages, processes) => {
      const slices = slicesOf(pages, processes);
      const numbers = slices.flatMap(({first, last}) =>
        Array.from({length: last - first + 1}, (_, index) => first + index),
      );
      t.deepEqual(
        numbers,
        Array.from({length: pages}, (_, index) => index + 1),
      );
      t.true(slices.length <= processes);
      const lengths = slices.map(({first, last}) => last - first + 1);
      t.true(Math.max(...lengths) - Math.min(...lengths) <= 1);
    }),
  );
});

test('a slice has at least five pages', t => {
  t.deepEqual(slicesOf(9, 8), [{first: 1, last: 9}]);
  t.deepEqual(slicesOf(14, 8), [
    {first: 1, last: 7},
    {first: 8, last: 14},
  ]);
  t.deepEqual(slicesOf(14, 1), [{first: 1, last: 14}]);
});
