import test from 'ava';
import type {MatchingView} from '../../../src/cassette/key/key.js';
import {questionOf} from '../../../src/cassette/key/question.js';

const said = (role: string, ...texts: readonly string[]) => ({
  role,
  parts: texts.map(text => ({type: 'text', text})),
});
const view = (...turns: readonly ReturnType<typeof said>[]): MatchingView => ({turns});

test('the summary is the last user message', t => {
  t.is(questionOf(view(said('system', 's'), said('user', 'one'), said('assistant', 'yes'))), 'one');
  t.is(questionOf(view(said('user', 'one'), said('user', 'two'))), 'two');
});

test('without a user message, the summary is the last message', t => {
  t.is(questionOf(view(said('system', 'one'), said('assistant', 'two'))), 'two');
  t.is(questionOf({}), '');
  t.is(questionOf(view()), '');
});

test('the summary is one line that joins its parts', t => {
  t.is(questionOf(view(said('user', ' a\n\tb ', '  c'))), 'a b c');
});

test('a long summary is cut between characters', t => {
  t.is(questionOf(view(said('user', 'x'.repeat(80)))), 'x'.repeat(80));
  t.is(questionOf(view(said('user', 'x'.repeat(81)))), `${'x'.repeat(79)}…`);
  const cut = questionOf(view(said('user', `${'x'.repeat(78)}😀😀`)));
  t.true(cut.isWellFormed(), JSON.stringify(cut));
});
