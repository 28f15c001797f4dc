import test from 'ava';
import fc from 'fast-check';
import {
  type BranchTakes,
  joinTakes,
  mergeTakesOfBranches,
} from '../../../src/cassette/merge/merge-takes-of-branches.js';
import type {ComparableTake} from '../../../src/cassette/rows/merge-takes.js';

/** A few answers and a few times, so that equal takes are frequent. */
const arbitraryTakes = fc.array(
  fc
    .tuple(fc.constantFrom('a', 'b', 'c'), fc.nat({max: 3}), fc.nat({max: 2}))
    .map(([answer, recordedAt, variant]) => take(answer, recordedAt, variant)),
  {maxLength: 4},
);
const arbitraryBranches = fc.record({base: arbitraryTakes, ours: arbitraryTakes, theirs: arbitraryTakes});

const merges = test.macro({
  exec(t, [base, ours, theirs]: [string, string, string], expected: string) {
    const branches = {base: list(base), ours: list(ours), theirs: list(theirs)};
    t.is(resultOf(branches), expected);
    const swapped = expected.replace(/ours|theirs/, side => (side === 'ours' ? 'theirs' : 'ours'));
    t.is(resultOf({base: branches.base, ours: branches.theirs, theirs: branches.ours}), swapped);
  },
  title: (title, [base, ours, theirs], expected) =>
    `${title}: from "${base}", "${ours}" and "${theirs}" give "${expected}"`,
});

test('takes on both sides stay', merges, ['a', 'ab', 'ab'], 'ab');
test('an equal take added on both sides is one take', merges, ['', 'a', 'a'], 'a');
test('a change on one side wins', merges, ['a', 'a', 'b'], 'b');
test('a take added on one side is kept', merges, ['', 'a', ''], 'a');
test('a take removed on one side is removed', merges, ['a', '', 'a'], '');
test('a take removed on both sides is removed', merges, ['a', '', ''], '');
test('of two sides with a common beginning, the longer one wins', merges, ['a', 'ab', 'abc'], 'abc');
test('without a base, the longer of two sides with a common beginning wins', merges, ['', 'a', 'ab'], 'ab');
test('both sides added different takes', merges, ['a', 'ab', 'ac'], 'different-answers');
test('both sides answer a new request differently', merges, ['', 'a', 'b'], 'different-answers');
test('both sides changed an answer', merges, ['a', 'b', 'c'], 'different-answers');
test('one side removed takes and the other added some', merges, ['ab', 'a', 'abc'], 'different-answers');
test('ours removed the request and theirs changed it', merges, ['a', '', 'b'], 'removed-by-ours');

test('the result does not depend on which branch is merged into which', t => {
  fc.assert(
    fc.property(arbitraryBranches, ({base, ours, theirs}) => {
      const there = mergeTakesOfBranches({base, ours, theirs});
      const back = mergeTakesOfBranches({base, ours: theirs, theirs: ours});
      t.is(there.kind, back.kind);
      if (there.kind === 'merged' && back.kind === 'merged') t.deepEqual(there.takes, back.takes);
    }),
  );
});

test('merging the same branch again changes nothing', t => {
  fc.assert(
    fc.property(arbitraryBranches, ({base, ours, theirs}) => {
      const once = mergeTakesOfBranches({base, ours, theirs});
      if (once.kind === 'conflict') return;
      for (const side of [ours, theirs]) {
        const twice = mergeTakesOfBranches({base: side, ours: once.takes, theirs: side});
        t.deepEqual(twice.kind === 'merged' && answers(twice.takes), answers(once.takes));
      }
    }),
  );
});

test('a merge result contains only existing takes, and a side that was not followed changed nothing', t => {
  fc.assert(
    fc.property(arbitraryBranches, ({base, ours, theirs}) => {
      const result = mergeTakesOfBranches({base, ours, theirs});
      if (result.kind === 'conflict') return;
      const known = new Set([...ours, ...theirs]);
      for (const one of result.takes) t.true(known.has(one));
      const said = answers(result.takes);
      for (const side of [answers(ours), answers(theirs)]) {
        t.true(said === side || side === answers(base) || said.startsWith(side));
      }
    }),
  );
});

test('joining keeps the answers of both sides in their order', t => {
  fc.assert(
    fc.property(arbitraryTakes, arbitraryTakes, (ours, theirs) => {
      const joined = answers(joinTakes({ours, theirs}));
      t.true(joined.startsWith(answers(ours)));
      t.true(isSubsequence(answers(theirs), joined));
    }),
  );
});

function take(answer: string, recordedAt: number, variant = 0): ComparableTake {
  return {take: undefined, identity: `${answer} at ${recordedAt} #${variant}`, answer, recordedAt};
}

function list(text: string): readonly ComparableTake[] {
  return [...text].map((answer, index) => take(answer, index));
}

function answers(takes: readonly ComparableTake[]): string {
  return takes.map(({answer}) => answer).join('');
}

function resultOf(branches: BranchTakes): string {
  const result = mergeTakesOfBranches(branches);
  return result.kind === 'merged' ? answers(result.takes) : result.conflict;
}

function isSubsequence(part: string, whole: string): boolean {
  const rest = [...part];
  for (const letter of whole) if (letter === rest[0]) rest.shift();
  return rest.length === 0;
}
