import test from 'ava';
import fc from 'fast-check';
import {canonicalView, cassetteKey} from '../../../src/cassette/key/key.js';
import {comparableTake, mergeRow} from '../../../src/cassette/rows/merge-rows.js';
import {mergeTakes} from '../../../src/cassette/rows/merge-takes.js';
import {takeRow} from '../../../src/cassette/rows/take-row.js';
import {arbitraryTake} from '../../support/arbitrary-take.js';

const view = {operation: 'chat', turns: []};
const key = cassetteKey(view);
const request = canonicalView(view);
const place = fc.constantFrom({}, {replaces: 0}, {replaces: 1});

test('law: the first recording of an interaction gives what a merge gives', async t => {
  await fc.assert(
    fc.property(arbitraryTake, place, (take, replaces) => {
      const recorded = {take: takeRow(key, take), ...replaces};
      const merged = mergeTakes([], {
        baseline: [],
        recorded: [{...replaces, take: comparableTake('a.cassette', key, recorded.take, 0)}],
      });
      const row = mergeRow('a.cassette', undefined, {key, request, baseline: [], recorded: [recorded]});
      t.deepEqual(row, {key, request, takes: merged.map(one => one.take)});
    }),
  );
});

test('a damaged first recording is refused', async t => {
  await fc.assert(
    fc.property(arbitraryTake, place, (take, replaces) => {
      const row = takeRow(key, take);
      const damaged = {...row, chunks: `${row.chunks} `};
      const recorded = {key, request, baseline: [], recorded: [{take: damaged, ...replaces}]};
      t.throws(() => mergeRow('a.cassette', undefined, recorded), {
        code: 'cassette_invalid',
        message: /take 1: it does not match its digest/,
      });
    }),
  );
});
