import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {cassetteKey, type MatchingView} from '../../src/cassette/key/key.js';
import {writeCassette} from '../support/cassette-files.js';
import {keyOf, recordingOf, takeOf} from '../support/recordings.js';
import {retake} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

async function textOf(t: Parameters<typeof retake>[0], recordings: Parameters<typeof writeCassette>[1]) {
  const directory = await temporaryFolder(t);
  await writeCassette(join(directory, 'a.cassette'), recordings);
  return (await retake(t, ['textconv', 'a.cassette'], {directory})).stdout;
}

test('an interaction is printed as its request, its answers, and last their provenance', async t => {
  const text = await textOf(t, [
    recordingOf('Hi', takeOf('Hello.', 1_760_000_000_000)),
    recordingOf('Hi', takeOf('Hey.', 1_760_000_001_000)),
  ]);
  t.deepEqual(text.split('\n').slice(4), [
    '',
    'interaction "Hi"',
    'user',
    '  Hi',
    'answer 1 of 2',
    '  Hello.',
    '  (ends with stop)',
    'answer 2 of 2',
    '  Hey.',
    '  (ends with stop)',
    'recorded',
    `  key ${keyOf('Hi')}`,
    '  gemma-3-270m-it (b6000) · asked for as gemini-2.5-flash · 2025-10-09T08:53:20Z · stop · 5 + 3 tokens',
    '  gemma-3-270m-it (b6000) · asked for as gemini-2.5-flash · 2025-10-09T08:53:21Z · stop · 5 + 3 tokens',
    '',
  ]);
});

test('tools, tool calls, results, images and pages are printed by name and digest', async t => {
  const view: MatchingView = {
    operation: 'chat',
    tools: [{name: 'weather', parameters: {type: 'object'}}],
    turns: [
      {
        role: 'user',
        parts: [
          {type: 'image', sha256: 'aa11'},
          {
            type: 'document',
            render: {pageSize: 896},
            pages: [{pixels: 'bb22', text: 'Page one'}, {pixels: 'cc33'}],
          },
        ],
      },
      {
        role: 'assistant',
        parts: [{type: 'tool-call', call: 'call-1', name: 'weather', arguments: {city: 'Oslo'}}],
      },
      {role: 'tool', parts: [{type: 'tool-result', call: 'call-1', value: {celsius: 3}}]},
    ],
  };
  const text = await textOf(t, [{key: cassetteKey(view), view, take: takeOf('Cold.')}]);
  for (const line of [
    'tool weather',
    '  [image aa11]',
    '  [document, pages: 2]',
    '  [page 1 bb22]',
    '  Page one',
    '  [page 2 cc33]',
    '  [call-1] weather({"city":"Oslo"})',
    '  [call-1] returned {"celsius":3}',
  ]) {
    t.true(text.split('\n').includes(line), `${line} in\n${text}`);
  }
});

test('recorded text cannot imitate a line of the output or control the terminal', async t => {
  const text = await textOf(t, [recordingOf('Hi\ninteraction "Another"\u001b[2J', 'Ho\r\nrecorded\u202e')]);
  t.is(text.split('\n').filter(line => line.startsWith('interaction ')).length, 1);
  t.is(text.split('\n').filter(line => line === 'recorded').length, 1);
  for (const character of ['\u001b', '\r', '\u202e']) t.false(text.includes(character));
});

test('an unreadable file is described, because git would stop at an error', async t => {
  const directory = await temporaryFolder(t);
  await writeFile(join(directory, 'a.cassette'), 'version https://git-lfs.github.com/spec/v1\n');
  const {exitCode, stdout} = await retake(t, ['textconv', 'a.cassette'], {directory});
  t.is(exitCode, 0);
  t.regex(stdout, /^The cassette \S+ is only a Git LFS pointer\.\n$/);
});

test('what git diff could not show is printed as code points', async t => {
  const plain = await textOf(t, [recordingOf('It is 10 km', takeOf('paypal 👨‍👩‍👧'))]);
  t.notRegex(plain, /hidden characters/);
  const text = await textOf(t, [
    recordingOf('It is 10\u00a0km, foot\u200bball', takeOf('p\u0430ypal, cafe\u0301 cafe\u0301')),
  ]);
  t.deepEqual(text.match(/^hidden characters: .*$/gm), [
    'hidden characters: U+200B, U+00A0',
    'hidden characters: U+0065 U+0301 (2), U+0430',
  ]);
});
