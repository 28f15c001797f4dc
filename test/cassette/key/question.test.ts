import test from 'ava';
import type {MatchingView} from '../../../src/cassette/key/key.js';
import {questionOf} from '../../../src/cassette/key/question.js';

const said = (role: string, ...texts: readonly string[]) => ({
  role,
  parts: texts.map(text => ({type: 'text', text})),
});
const view = (...turns: readonly ReturnType<typeof said>[]): MatchingView => ({turns});

test('the question is what the user said last', t => {
  t.is(questionOf(view(said('system', 's'), said('user', 'one'), said('assistant', 'yes'))), 'one');
  t.is(questionOf(view(said('user', 'one'), said('user', 'two'))), 'two');
});

test('where no user speaks it is what was said last', t => {
  t.is(questionOf(view(said('system', 'one'), said('assistant', 'two'))), 'two');
  t.is(questionOf({}), '');
  t.is(questionOf(view()), '');
});

test('it is one line, with its parts in a row', t => {
  t.is(questionOf(view(said('user', ' a\n\tb ', '  c'))), 'a b c');
});

test('a long one is cut, at the end of a character', t => {
  t.is(questionOf(view(said('user', 'x'.repeat(80)))), 'x'.repeat(80));
  t.is(questionOf(view(said('user', 'x'.repeat(81)))), `${'x'.repeat(79)}…`);
  const cut = questionOf(view(said('user', `${'x'.repeat(78)}😀😀`)));
  t.true(cut.isWellFormed(), JSON.stringify(cut));
});
