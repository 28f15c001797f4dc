import test from 'ava';
import {suggestIgnore} from '../../../src/cassette/compare/suggest-ignore.js';
import {createIgnorer} from '../../../src/cassette/key/ignore.js';
import type {IgnoreRule} from '../../../src/cassette/key/key-settings.js';
import {viewOf} from '../../support/recordings.js';

const number = {pattern: '(?<=Order number )\\d+'};
const bridged: Record<string, readonly [string, string, ...IgnoreRule[]]> = {
  'a date': ['Today is 2026-11-29. What is new?', 'Today is 2026-11-28. What is new?', 'iso-date'],
  'a time': ['Now: 2026-11-29T09:44:58.123Z.', 'Now: 2026-10-01T21:04:08Z.', 'iso-date', 'iso-time'],
  'a UUID': ['id 0b3c9f3e-6c1d-4c57-9b50-6f2b8f5e7a10', 'id 5b0c9f3e-6c1d-4c57-9b50-6f2b8f5e7a11', 'uuid'],
  'a date and a path': ['2026-11-29 /tmp/a1b2/in.txt', '2026-11-28 /tmp/ff/in.txt', 'iso-date', 'temp-path'],
  'seconds since 1970': ['At 1764409445 it rang', 'At 1764409999 it rang', 'unix-time'],
  "an agent's folder": ['Working directory: /a/b\nGo on', 'Working directory: /c\nGo on', 'agent-noise'],
  'a number': ['Order number 48213 is late. 3 items.', 'Order number 48377 is late. 3 items.', number],
};
const bridgedByPattern: Record<string, readonly [string, string]> = {
  'a digest': ['commit 9fceb02d', 'commit 8fceb02e'],
  'a written date': ['On 29 November 2026 it rains', 'On 1 December 2026 it rains'],
  'a time of day': ['It is 9:44 now', 'It is 21:04 now'],
  'a home folder': ['Read /home/ann/notes', 'Read /home/bob/notes'],
};

for (const [name, [asked, recorded, ...expected]] of Object.entries(bridged)) {
  test(`an ignore rule is suggested for ${name}, and bridges the difference`, t => {
    const [mine, theirs] = [viewOf(asked), viewOf(recorded)];
    const rules = suggestIgnore(mine, theirs) ?? [];
    t.deepEqual(rules, expected);
    const ignore = createIgnorer(rules);
    t.deepEqual(ignore(mine), ignore(theirs));
  });
}

for (const [name, [asked, recorded]] of Object.entries(bridgedByPattern)) {
  test(`a pattern is suggested for ${name}, and bridges the difference`, t => {
    const [mine, theirs] = [viewOf(asked), viewOf(recorded)];
    const rules = suggestIgnore(mine, theirs) ?? [];
    t.is(rules.length, 1);
    t.is(typeof rules[0], 'object');
    const ignore = createIgnorer(rules);
    t.deepEqual(ignore(mine), ignore(theirs));
  });
}

const meant: Record<string, readonly [string, string]> = {
  'another word': ['What is the capital of France?', 'What is the capital of Spain?'],
  'a small number': ['What is 2 + 2?', 'What is 3 + 3?'],
  'a date and a word': ['2026-11-29: is it wet?', '2026-11-28: is it dry?'],
};

for (const [name, [asked, recorded]] of Object.entries(meant)) {
  test(`no ignore rule is suggested for ${name}`, t => {
    t.is(suggestIgnore(viewOf(asked), viewOf(recorded)), undefined);
  });
}

test('no ignore rule is suggested for another temperature', t => {
  const view = viewOf('Hello');
  t.is(suggestIgnore({...view, sampling: {temperature: 0}}, view), undefined);
});
