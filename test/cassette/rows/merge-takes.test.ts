import test from 'ava';
import fc from 'fast-check';
import {
  type ComparableTake,
  mergeTakes,
  type RecordedTake,
  uniteTakes,
} from '../../../src/cassette/rows/merge-takes.js';

/** A few answers and a few times, so that equal takes are frequent. */
const arbitraryTake = fc
  .tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat({max: 4}), fc.nat({max: 3}))
  .map(([answer, recordedAt, variant]) => take(answer, recordedAt, variant));
const arbitraryTakes = fc.array(arbitraryTake, {maxLength: 6});
/** What a cassette can hold: takes that were added to it. */
const arbitraryStored = arbitraryTakes.map(addAll);

test('the result does not depend on the order in which takes are added', t => {
  fc.assert(
    fc.property(
      arbitraryTakes.chain(takes =>
        fc.tuple(fc.constant(takes), fc.shuffledSubarray(takes, {minLength: takes.length})),
      ),
      ([takes, shuffled]) => {
        t.deepEqual(names(addAll(shuffled)), names(addAll(takes)));
      },
    ),
  );
});

test('takes added by several sessions give the same result as in one session', t => {
  fc.assert(
    fc.property(arbitraryTakes, arbitraryTakes, arbitraryTakes, (first, second, third) => {
      const together = addAll([...first, ...second, ...third]);
      const sessions = uniteTakes(addAll(third), uniteTakes(addAll(second), addAll(first)));
      t.deepEqual(names(sessions), names(together));
    }),
  );
});

test('merging does not depend on which side a list is on', t => {
  fc.assert(
    fc.property(arbitraryTakes, arbitraryTakes, (left, right) => {
      t.deepEqual(names(uniteTakes(left, right)), names(uniteTakes(right, left)));
    }),
  );
});

test('merging a session a second time changes nothing', t => {
  fc.assert(
    fc.property(arbitraryStored, arbitraryTakes, (stored, answers) => {
      const session = {baseline: stored, recorded: inTurn(answers)};
      const once = mergeTakes(stored, session);
      t.deepEqual(names(mergeTakes(once, session)), names(once));
    }),
  );
});

test('re-recording the same answers changes nothing', t => {
  fc.assert(
    fc.property(arbitraryStored, stored => {
      const again = stored.map(({answer}, index) => take(answer, 100 + index));
      t.deepEqual(names(mergeTakes(stored, {baseline: stored, recorded: inTurn(again)})), names(stored));
    }),
  );
});

test('re-recording keeps the request order, whatever the clock says', t => {
  fc.assert(
    fc.property(arbitraryStored, arbitraryTakes, (stored, answers) => {
      const merged = mergeTakes(stored, {baseline: stored, recorded: inTurn(answers)});
      const asked = answers.map(({answer}) => answer);
      const played = asked.map((_, index) => merged[Math.min(index, merged.length - 1)]?.answer);
      t.deepEqual(played, asked);
    }),
  );
});

test('two sessions that re-record at the same time both keep their answers', t => {
  const distinct = fc.uniqueArray(fc.string({minLength: 1, maxLength: 3}), {maxLength: 4});
  fc.assert(
    fc.property(arbitraryStored, distinct, distinct, (stored, mine, yours) => {
      const sessionOf = (answers: string[], recordedAt: number) => ({
        baseline: stored,
        recorded: inTurn(answers.map((answer, index) => take(`new ${answer}`, recordedAt + index))),
      });
      const [first, second] = [sessionOf(mine, 100), sessionOf(yours, 200)];
      const merged = mergeTakes(mergeTakes(stored, first), second);
      const answers = new Set(merged.map(({answer}) => answer));
      for (const answer of [...mine, ...yours]) t.true(answers.has(`new ${answer}`));
      t.deepEqual(names(mergeTakes(mergeTakes(stored, second), first)), names(merged));
    }),
  );
});

test('takes that others recorded since the baseline stay when the baseline is replaced', t => {
  const baseline = [take('old', 1)];
  const current = [take('old', 1), take('of others', 2)];
  const merged = mergeTakes(current, {baseline, recorded: inTurn([take('new', 3)])});
  t.deepEqual(answersOf(merged), ['of others', 'new']);
});

test('parallel requests with the same position and the same answer are one take', t => {
  const recorded = [take('hello', 11), take('hello', 12), take('hey', 13)].map(one => ({
    take: one,
    replaces: 0,
  }));
  t.deepEqual(names(mergeTakes([], {baseline: [], recorded})), names([take('hello', 11), take('hey', 13)]));
});

function take(answer: string, recordedAt: number, variant = 0): ComparableTake {
  return {take: undefined, identity: `${answer} at ${recordedAt} #${variant}`, answer, recordedAt};
}

function addAll(takes: readonly ComparableTake[]): readonly ComparableTake[] {
  return takes.reduce<readonly ComparableTake[]>(
    (stored, one) => mergeTakes(stored, {baseline: [], recorded: [{take: one}]}),
    [],
  );
}

/** The takes of one session, one for each position. */
function inTurn(takes: readonly ComparableTake[]): RecordedTake[] {
  return takes.map((one, replaces) => ({take: one, replaces}));
}

function names(takes: readonly ComparableTake[]): string[] {
  return takes.map(({identity}) => identity);
}

function answersOf(takes: readonly ComparableTake[]): string[] {
  return takes.map(({answer}) => answer);
}
