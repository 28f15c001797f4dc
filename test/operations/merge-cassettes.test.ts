import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import {openCassetteFile} from '../../src/cassette/file/open-cassette-file.js';
import {type MediaFacts, noFacts} from '../../src/cassette/media-memory.js';
import {factRowsOf} from '../../src/cassette/rows/fact-rows.js';
import {mergeCassettes, type Preference} from '../../src/operations/merge-cassettes.js';
import {verifyCassette} from '../../src/operations/verify-cassette.js';
import {arbitraryFacts} from '../support/arbitrary-facts.js';
import {interactionsIn} from '../support/cassette-files.js';
import {keyOf, takeOf, textOf} from '../support/recordings.js';
import {type StoredTakes, writeStoredCassette} from '../support/stored-cassette.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const questions = ['France?', 'Spain?', 'Italy?', 'Japan?'];

/** What can happen to a request on a branch. */
const arbitraryEdit = fc.record({
  question: fc.constantFrom(...questions),
  kind: fc.constantFrom('record', 'append', 'remove'),
  answer: fc.constantFrom('Paris', 'Rome', 'Tokyo'),
  recordedAt: fc.integer({min: 1, max: 3}),
});
type Edit = typeof arbitraryEdit extends fc.Arbitrary<infer Value> ? Value : never;
const arbitraryHistory = fc.array(arbitraryEdit, {maxLength: 5});

test('merging any two histories loses nothing, adds nothing, and does not depend on the direction', async t => {
  const directory = await temporaryFolder(t);
  await fc.assert(
    fc.asyncProperty(arbitraryHistory, arbitraryHistory, arbitraryHistory, async (before, mine, others) => {
      const base = follow({}, before);
      const [ours, theirs] = [follow(base, mine), follow(base, others)];
      const [there, back] = [
        await merge(directory, {base, ours, theirs}),
        await merge(directory, {base, ours: theirs, theirs: ours}),
      ];
      t.deepEqual(there.conflicts, back.conflicts);
      if (there.conflicts.length === 0) t.deepEqual(there.bytes, back.bytes);
      t.true((await verifyCassette(there.path)).isValid);
      for (const question of questions) {
        const [was, one, other, is] = [base, ours, theirs, there.held].map(side => said(side, question));
        if (there.conflicts.includes(keyOf(question))) t.is(is, one);
        else if (one === was) t.is(is, other);
        else if (other === was) t.is(is, one);
        else
          t.true(
            [one, other].includes(is) &&
              (is ?? '').startsWith(one ?? '') &&
              (is ?? '').startsWith(other ?? ''),
          );
      }
      const again = await merge(directory, {base: theirs, ours: there.held, theirs});
      t.deepEqual(again.bytes, there.bytes);
    }),
    {numRuns: 60},
  );
});

test('with --both, both sides of a conflict are kept in sequence', async t => {
  const directory = await temporaryFolder(t);
  const sides = {base: {'Hi?': ['a']}, ours: {'Hi?': ['a', 'b']}, theirs: {'Hi?': ['a', 'c']}};
  t.is(said((await merge(directory, sides, 'both')).held, 'Hi?'), 'a b c');
  t.is(said((await merge(directory, sides, 'theirs')).held, 'Hi?'), 'a c');
  t.is(said((await merge(directory, sides, 'neither')).held, 'Hi?'), '');
});

test('a branch that changed the settings wins over an unchanged branch', async t => {
  const directory = await temporaryFolder(t);
  const [base, ours, theirs] = [join(directory, 'base'), join(directory, 'ours'), join(directory, 'theirs')];
  await writeStoredCassette(base, {'Hi?': ['Ho']});
  await writeStoredCassette(ours, {'Hi?': ['Ho']});
  await writeStoredCassette(theirs, {'Hi?': ['Ho']}, {forwardModel: true});
  const output = join(directory, 'output');
  const files = {
    base,
    ours,
    theirs,
    output,
    shown: 'a.cassette',
    preference: 'ours',
    isPrivate: true,
  } as const;
  t.deepEqual(await mergeCassettes(files), []);
  t.deepEqual(await readFile(output), await readFile(theirs));
});

test('different settings on both sides are a conflict of the whole file, and cannot both be kept', async t => {
  const directory = await temporaryFolder(t);
  const [ours, theirs, output] = [
    join(directory, 'ours'),
    join(directory, 'theirs'),
    join(directory, 'output'),
  ];
  await writeStoredCassette(ours, {'Hi?': ['Ho']});
  await writeStoredCassette(theirs, {'Hi?': ['Ho'], 'You?': ['Me']}, {forwardModel: true});
  const files = {base: '/dev/null', ours, theirs, output, shown: 'a.cassette', isPrivate: true};
  t.deepEqual(await mergeCassettes({...files, preference: 'ours'}), [
    {kind: 'settings', differences: ['forwardModel is false in ours and true in theirs']},
  ]);
  t.deepEqual(await readFile(output), await readFile(ours));
  await t.throwsAsync(mergeCassettes({...files, preference: 'both'}), {message: /cannot both be kept/});
});

type Sides = {readonly base: StoredTakes; readonly ours: StoredTakes; readonly theirs: StoredTakes};

async function merge(directory: string, sides: Sides, preference: Preference = 'ours') {
  const write = (name: keyof Sides) => writeStoredCassette(join(directory, `${name}.cassette`), sides[name]);
  const path = join(directory, 'merged.cassette');
  const conflicts = await mergeCassettes({
    base: await write('base'),
    ours: await write('ours'),
    theirs: await write('theirs'),
    output: path,
    shown: 'merged.cassette',
    preference,
    isPrivate: true,
  });
  const held: StoredTakes = Object.fromEntries(
    (await interactionsIn(path)).map(({view, takes}) => [
      questions.find(one => JSON.stringify(view).includes(one)) ?? 'Hi?',
      takes,
    ]),
  );
  return {
    path,
    conflicts: conflicts.flatMap(conflict => (conflict.kind === 'settings' ? [] : [conflict.key])),
    held,
    bytes: await readFile(path),
  };
}

function follow(start: StoredTakes, edits: readonly Edit[]): StoredTakes {
  const held: Record<string, StoredTakes[string]> = {...start};
  for (const {question, kind, answer, recordedAt} of edits) {
    const take = takeOf(answer, recordedAt);
    if (kind === 'record') held[question] = [take];
    else if (kind === 'append') held[question] = [...(held[question] ?? []), take];
    else delete held[question];
  }
  return held;
}

function said(held: StoredTakes | undefined, question: string): string {
  return (held?.[question] ?? []).map(take => (typeof take === 'string' ? take : textOf(take))).join(' ');
}

test('facts about attachments are merged, except those that one branch removed', async t => {
  const directory = await temporaryFolder(t);
  await fc.assert(
    fc.asyncProperty(arbitraryFacts, arbitraryFacts, arbitraryFacts, async (both, mine, others) => {
      const held: StoredTakes = {'Hi?': ['Ho']};
      const write = (name: string, facts: MediaFacts) =>
        writeStoredCassette(join(directory, name), held, {}, facts);
      const base = await write('base', both);
      const ours = await write('ours', unite(both, mine));
      const theirs = await write('theirs', others);
      const options = {base, shown: 'a.cassette', preference: 'neither', isPrivate: true} as const;
      const [there, back] = [join(directory, 'there'), join(directory, 'back')];
      t.deepEqual(await mergeCassettes({...options, ours, theirs, output: there}), []);
      t.deepEqual(await mergeCassettes({...options, ours: theirs, theirs: ours, output: back}), []);
      t.deepEqual(await readFile(there), await readFile(back));
      t.true((await verifyCassette(there)).isValid);
      const [was, kept] = [factRowsOf(both), factRowsOf(others)];
      const [one, is] = [factRowsOf(unite(both, mine)), await rendersIn(there)];
      const expected = [...new Set([...one.renders.keys(), ...kept.renders.keys()])].filter(
        name => !was.renders.has(name) || kept.renders.has(name),
      );
      t.deepEqual(is, expected.sort());
    }),
    {numRuns: 40},
  );
});

function unite(a: MediaFacts, b: MediaFacts): MediaFacts {
  return {
    renders: [...a.renders, ...b.renders],
    references: [...a.references, ...b.references],
    media: [...a.media, ...b.media],
  };
}

async function rendersIn(path: string): Promise<readonly string[]> {
  const cassette = await openCassetteFile({path, writable: false});
  const renders = [];
  for await (const render of cassette.media.allRenders()) renders.push(render);
  await cassette.close();
  return [...factRowsOf({...noFacts, renders}).renders.keys()].sort();
}
