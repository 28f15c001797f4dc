import test from 'ava';
import {createStoredIgnorer} from '../../../src/cassette/key/ignore.js';
import {createRedactor} from '../../../src/cassette/key/redact.js';
import {createStoredRedactor} from '../../../src/cassette/key/redact-stored.js';
import {takeOf, textOf} from '../../support/recordings.js';

const openAiKey = `sk-proj-${'a1B2'.repeat(10)}`;
const otherKey = `sk-proj-${'z9Y8'.repeat(10)}`;
const pin = {name: 'pin', pattern: '\\b\\d{4}\\b'};

test('redacting stored text with a new rule gives what redacting at recording time would have given', t => {
  const original = `${openAiKey} and 1234 and ${otherKey} and 5678`;
  const stored = createRedactor([])().redactValue(original);
  t.is(createStoredRedactor([pin])(stored).view, createRedactor([pin])().redactValue(original));
});

test('a rule that finds more secrets renumbers its earlier placeholders', t => {
  const {view} = createStoredRedactor([])(`${otherKey} <redacted:api-key:1> ${openAiKey}`);
  t.is(view, '<redacted:api-key:1> <redacted:api-key:2> <redacted:api-key:3>');
});

test('a rule that finds nothing new keeps its numbers, even with a gap', t => {
  const stored = {a: '<redacted:api-key:2>', b: ['<redacted:api-key:4>']};
  t.deepEqual(createStoredRedactor([pin])(stored).view, stored);
});

test('placeholders in an answer continue the numbering of its request', t => {
  const take = takeOf(['Yours is ', openAiKey]);
  const {redactAnswer} = createStoredRedactor([])('<redacted:api-key:1>');
  t.is(textOf({...take, ...redactAnswer(take)}), 'Yours is <redacted:api-key:2>');
});

test('rules do not match inside placeholders and masks', t => {
  const stored = 'key <redacted:api-key:1> at <ignored>';
  t.is(createStoredRedactor([{name: 'word', pattern: 'redacted|ignored|1'}])(stored).view, stored);
  t.is(
    createStoredIgnorer([{pattern: '\\w+'}])(stored),
    '<ignored> <redacted:api-key:1> <ignored> <ignored>',
  );
});
