import {createHash} from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import {findingsOf} from '../../../src/cassette/compare/change.js';
import {type Verdict, verdicts} from '../../../src/cassette/compare/change-verdict.js';
import type {MatchingView} from '../../../src/cassette/key/key.js';
import type {Take} from '../../../src/cassette/take.js';
import type {AnswerChunk} from '../../../src/chat/chunk.js';
import {arbitraryTake} from '../../support/arbitrary-take.js';
import {recordingOf, takeOf} from '../../support/recordings.js';
import {
  diffRecordings,
  onlyChange,
  recordingOfView,
  type Said,
  takeSaying,
  viewAsking,
} from './build-diff.js';

const question = 'What is the capital of France?';

/** The findings for one request whose answer changed from `before` to `after`. */
const answerTable: Record<
  string,
  {before: string | Said; after: string | Said; verdict: Verdict; sentences: string[]}
> = {
  'different words': {
    before: 'Paris.',
    after: 'It is Paris.',
    verdict: 'text',
    sentences: ['the text changed'],
  },
  'different spacing': {
    before: 'It is Paris.',
    after: 'It is\nParis.',
    verdict: 'text',
    sentences: ['only white space differs'],
  },
  'a no-break space': {
    before: 'It is 10 km.',
    after: 'It is 10\u00a0km.',
    verdict: 'text',
    sentences: ['only white space differs: was U+0020, now U+00A0'],
  },
  'a look-alike letter': {
    before: 'See paypal.',
    after: 'See p\u0430ypal.',
    verdict: 'text',
    sentences: ['the text looks the same: was U+0061, now U+0430'],
  },
  'a look-alike letter behind another word': {
    before: 'See paypal now.',
    after: 'Ask p\u0430ypal now.',
    verdict: 'text',
    sentences: [
      'the text changed',
      'what looks the same differs: was "paypal" (U+0061), now "p\u0430ypal" (U+0430)',
    ],
  },
  'a decomposed letter in the JSON': {
    before: '{"name": "Caf\u00e9"}',
    after: '{"name": "Cafe\u0301"}',
    verdict: 'text',
    sentences: ['/name: was "Caf\u00e9" (U+00E9), now "Cafe\u0301" (U+0065 U+0301)'],
  },
  'a different value in the JSON': {
    before: '{"city": {"name": "Paris"}}',
    after: '{"city": {"name": "Lyon"}}',
    verdict: 'text',
    sentences: ['/city/name: was "Paris", now "Lyon"'],
  },
  'an additional item in a list': {
    before: '["a", "b"]',
    after: '["a", "b", "c"]',
    verdict: 'text',
    sentences: ['/2 is new: "c"'],
  },
  'members in a different order': {
    before: '{"a": 1, "b": 2}',
    after: '{"b": 2, "a": 1}',
    verdict: 'text',
    sentences: ['only the order or the spacing of the JSON differs'],
  },
  'a different type in the JSON': {
    before: '{"people": 2}',
    after: '{"people": "2"}',
    verdict: 'shape',
    sentences: ['/people: was number 2, now string "2"'],
  },
  'an additional key': {
    before: '{"a": 1}',
    after: '{"a": 1, "toString": 2}',
    verdict: 'shape',
    sentences: ['/toString is new: 2'],
  },
  'a missing key, named like a method': {
    before: '{"constructor": 1, "a": 1}',
    after: '{"a": 1}',
    verdict: 'shape',
    sentences: ['/constructor is gone: it was 1'],
  },
  'text instead of JSON': {
    before: '{"a": 1}',
    after: 'a is 1',
    verdict: 'shape',
    sentences: ['it was JSON, now it is text'],
  },
  'a code fence around the JSON': {
    before: '{"a": 1}',
    after: '```json\n{"a": 1}\n```',
    verdict: 'shape',
    sentences: ['the JSON is now in a code fence'],
  },
  'reasoning that was not there before': {
    before: 'Paris.',
    after: {text: 'Paris.', reasoning: 'France, hm.'},
    verdict: 'shape',
    sentences: ['there was no reasoning, now there is'],
  },
  'an additional candidate': {
    before: {candidates: ['Paris.']},
    after: {candidates: ['Paris.', 'Paris!']},
    verdict: 'shape',
    sentences: ['candidates: 1, now 2'],
  },
  'a truncated answer': {
    before: 'It is Paris.',
    after: {text: 'It is', finish: 'length'},
    verdict: 'finish',
    sentences: ['ended with stop, now with length: it is cut off', 'the text changed'],
  },
  'a refused answer': {
    before: 'Paris.',
    after: {text: 'Paris.', finish: 'content-filter'},
    verdict: 'finish',
    sentences: ['ended with stop, now with content-filter: it is refused'],
  },
  'an empty answer': {
    before: 'Paris.',
    after: {},
    verdict: 'error',
    sentences: ['was an answer, now an empty answer', 'there was text, now there is none'],
  },
  'many more tokens': {
    before: {text: 'Paris.', usage: {inputTokens: 100, outputTokens: 10}},
    after: {text: 'Paris.', usage: {inputTokens: 121, outputTokens: 29}},
    verdict: 'tokens',
    sentences: ['input: 100 tokens, now 121'],
  },
};

for (const [name, {before, after, verdict, sentences}] of Object.entries(answerTable)) {
  test(`verdict for ${name}: ${verdict}`, async t => {
    const view = viewAsking(question);
    const diff = await diffRecordings(t, [recordingOfView(view, before)], [recordingOfView(view, after)]);
    const change = onlyChange(diff);
    t.is(change.verdict, verdict);
    t.deepEqual(
      findingsOf(change).map(({sentence}) => sentence),
      sentences,
    );
  });
}

/** A take of these chunks, between its `reply-start` and its `reply-end`. */
function takeOfChunks(chunks: readonly AnswerChunk[], finish: 'stop' | 'tool-calls' = 'stop'): Take {
  const {
    chunks: [start],
    provenance,
  } = takeSaying('');
  const end: AnswerChunk = {type: 'reply-end', finish: [{unified: finish, raw: finish}]};
  return {chunks: [start, ...[...chunks, end].map((chunk, at) => ({at: 20 + at, chunk}))], provenance};
}

function callOf(name: string, ...pieces: readonly string[]): Take {
  const shared = {candidate: 0, call: 0};
  return takeOfChunks(
    [
      {type: 'tool-call-start', ...shared, name},
      ...pieces.map((text): AnswerChunk => ({type: 'tool-call-delta', ...shared, text})),
    ],
    'tool-calls',
  );
}

const vector = (...values: readonly number[]) => takeOfChunks([{type: 'embedding', input: 0, values}]);
const count = (tokens: number) => takeOfChunks([{type: 'token-count', tokens}]);

const takeTable: Record<string, {before: Take; after: Take; verdict?: Verdict; sentences: string[]}> = {
  'a different argument of a tool call': {
    before: callOf('weather', '{"city": "Paris", "unit": "C"}'),
    after: callOf('weather', '{"city": "Paris", ', '"unit": "F"}'),
    verdict: 'tool-call',
    sentences: ['call 1, weather: /unit: was "C", now "F"'],
  },
  'the same tool call in different deltas': {
    before: callOf('weather', '{"city": "Paris"}'),
    after: callOf('weather', '{"city":', ' "Paris"}'),
    sentences: [],
  },
  'a call of a different tool': {
    before: callOf('weather', '{}'),
    after: callOf('forecast', '{}'),
    verdict: 'tool-call',
    sentences: ['called weather, now forecast'],
  },
  'a tool call instead of text': {
    before: takeSaying('It rains.'),
    after: callOf('weather', '{}'),
    verdict: 'tool-call',
    sentences: ['called no tool, now weather', 'there was text, now there is none'],
  },
  'arguments that are not JSON': {
    before: callOf('weather', '{"city": "Paris"}'),
    after: callOf('weather', '{"city": '),
    verdict: 'tool-call',
    sentences: ['call 1, weather: other arguments, which are not JSON'],
  },
  'an embedding with different numbers': {
    before: vector(0.1, 0.2, 0.3),
    after: vector(0.1, 0.25, 0.3),
    verdict: 'text',
    sentences: ['embedding 1: 1 of 3 numbers differ'],
  },
  'an embedding of a different length': {
    before: vector(0.1, 0.2, 0.3),
    after: vector(0.1),
    verdict: 'shape',
    sentences: ['embedding 1: 3 numbers, now 1'],
  },
  'a different token count': {
    before: count(12),
    after: count(13),
    verdict: 'text',
    sentences: ['counted 12 tokens, now 13'],
  },
};

for (const [name, {before, after, verdict, sentences}] of Object.entries(takeTable)) {
  test(`verdict for ${name}: ${verdict ?? 'no change'}`, async t => {
    const view = viewAsking(question);
    const {changes} = await diffRecordings(
      t,
      [recordingOfView(view, before)],
      [recordingOfView(view, after)],
    );
    t.deepEqual(
      changes.map(change => change.verdict),
      verdict ? [verdict] : [],
    );
    t.deepEqual(
      changes.flatMap(findingsOf).map(({sentence}) => sentence),
      sentences,
    );
  });
}

test('a different time, model or chunking is not a change', async t => {
  const other = takeOf(['Par', 'is', '.'], 1_770_000_000_000);
  const provenance = {...other.provenance, model: 'gemma-3-4b-it', askedFor: 'gpt-5'};
  const diff = await diffRecordings(
    t,
    [recordingOf(question, takeOf('Paris.'))],
    [recordingOf(question, {...other, provenance})],
  );
  t.deepEqual(diff.changes, []);
  t.is(diff.identical, 1);
});

test('the diff of stored texts equals the diff of decoded answers', async t => {
  await fc.assert(
    fc.asyncProperty(
      arbitraryTake,
      fc.array(fc.nat({max: 9}), {minLength: 14, maxLength: 14}),
      async (take, times) => {
        let at = 0;
        const [first, ...rest] = take.chunks.map(({chunk}, index) => {
          at += times[index] ?? 0;
          return {at, chunk};
        });
        if (!first) return t.fail('a take has chunks');
        const timed = {...take, chunks: [first, ...rest]} as const;
        const {changes} = await diffRecordings(
          t,
          [recordingOf(question, take)],
          [recordingOf(question, timed)],
        );
        t.deepEqual(changes, []);
        return undefined;
      },
    ),
    {numRuns: 30},
  );
});

test('token counts are reported only beyond the tolerance', async t => {
  const view = viewAsking(question);
  const sides = [
    [recordingOfView(view, {text: 'Paris.', usage: {inputTokens: 1000, outputTokens: 10}})],
    [recordingOfView(view, {text: 'Paris.', usage: {inputTokens: 1150, outputTokens: 30}})],
  ] as const;
  t.is((await diffRecordings(t, ...sides)).identical, 1);
  t.is((await diffRecordings(t, ...sides, {tokens: {share: 0.1, least: 20}})).changes.length, 1);
});

test('a changed request is paired with its earlier version', async t => {
  const before = [
    recordingOfView(viewAsking('Summarise the report in two sentences.', {system: 'Be brief.'}), 'Short.'),
    recordingOfView(viewAsking('Translate "cheese" into French.', {system: 'Be brief.'}), 'Fromage.'),
  ];
  const after = [
    recordingOfView(viewAsking('Summarise the report in three sentences.', {system: 'Be brief.'}), 'Short.'),
    recordingOfView(viewAsking('Translate "cheese" into French.', {system: 'Be kind.'}), 'Du fromage.'),
  ];
  const {changes} = await diffRecordings(t, before, after);
  t.deepEqual(
    changes.map(change => ({verdict: change.verdict, asked: 'asked' in change && change.asked})),
    [
      {
        verdict: 'text',
        asked: ['system prompt, line 1: now "Be kind.", was "Be brief."'],
      },
      {
        verdict: 'asked',
        asked: [
          'turn 1 (user), line 1: now "Summarise the report in three sentences.", was "Summarise the report in two sentences."',
        ],
      },
    ],
  );
});

const paris = recordingOfView(viewAsking(question, {system: 'Be brief.'}), 'Paris.');
const verdictsIn = (changes: readonly {readonly verdict: Verdict}[]) => changes.map(({verdict}) => verdict);

test('a changed prompt is one change although the recording of the old one is still there', async t => {
  const changed: Record<string, MatchingView> = {
    'another system prompt': viewAsking(question, {system: 'Answer with a year.'}),
    'no system prompt': viewAsking(question),
    'other words': viewAsking('When was the capital of France founded?', {system: 'Be brief.'}),
    'another temperature': viewAsking(question, {system: 'Be brief.', temperature: 0.5}),
  };
  for (const [name, view] of Object.entries(changed)) {
    const now = recordingOfView(view, '1760');
    const diff = await diffRecordings(t, [paris], [paris, now]);
    const change = onlyChange(diff);
    t.is(change.verdict, 'text', name);
    t.true('isOldKept' in change && change.isOldKept, name);
    t.regex(findingsOf(change).at(-1)?.sentence ?? '', /old question is still in the cassette/);
    const pruned = await diffRecordings(t, [paris], [now]);
    t.deepEqual([verdictsIn(pruned.changes), pruned.identical], [['text'], diff.identical]);
  }
});

test('an old request that a run still asks is not taken for the earlier version of a new one', async t => {
  const now = recordingOfView(viewAsking(question, {system: 'Answer with a year.'}), '1760');
  const run = (...asked: readonly string[]) =>
    diffRecordings(t, [paris], [paris, now], {asked: new Set([now.key, ...asked] as (typeof now.key)[])});
  t.deepEqual(verdictsIn((await run()).changes), ['text']);
  const both = await run(paris.key);
  t.deepEqual([verdictsIn(both.changes), both.identical], [['added'], 1]);
});

test('what a run no longer asks is paired as if it were gone', async t => {
  const old = recordingOfView(viewAsking('Extract name and price of the booking.'), '{"a": 1}');
  const now = recordingOfView(viewAsking('Extract name, price, date, place.'), 'none');
  const asked = new Set([now.key]);
  t.deepEqual(verdictsIn((await diffRecordings(t, [old], [old, now], {asked})).changes), ['shape']);
});

test('a later step of a conversation that is kept is new', async t => {
  const turns = viewAsking(question)['turns'] as readonly MatchingView[];
  const later = {
    operation: 'chat',
    turns: [
      ...turns,
      {role: 'assistant', parts: [{type: 'tool-call', call: '1', name: 'map', arguments: {}}]},
    ],
  };
  const first = recordingOfView(viewAsking(question), 'Paris.');
  const {changes} = await diffRecordings(t, [first], [first, recordingOfView(later, 'Lyon.')]);
  t.deepEqual(verdictsIn(changes), ['added']);
});

test('an unrelated request beside what is kept is new', async t => {
  const poem = recordingOf('Write a poem about the sea.', 'Waves.');
  const {changes, identical} = await diffRecordings(t, [paris], [paris, poem]);
  t.deepEqual([verdictsIn(changes), identical], [['added'], 1]);
});

test('unrelated requests are reported as one removed and one added', async t => {
  const {changes} = await diffRecordings(
    t,
    [recordingOf('What is the capital of France?', 'Paris.')],
    [recordingOf('Write a poem about the sea.', 'Waves.')],
  );
  t.deepEqual(
    changes.map(({verdict}) => verdict),
    ['removed', 'added'],
  );
});

test('a changed request is paired with the most similar of many candidates', async t => {
  const system = (topic: string) => `You know everything about ${topic}.`;
  const topics = ['geography and maps', 'cooking and cheese', 'trains and tunnels'];
  const {changes} = await diffRecordings(
    t,
    topics.map(topic => recordingOfView(viewAsking('Where is it?', {system: system(topic)}), topic)),
    topics.map(topic =>
      recordingOfView(viewAsking('Where is it?', {system: `${system(topic)} Be brief.`}), topic),
    ),
  );
  t.deepEqual(
    changes.map(({verdict}) => verdict),
    ['asked', 'asked', 'asked'],
  );
});

test('a page that looks different is named', async t => {
  const page = (name: string) => ({pixels: createHash('sha256').update(name).digest('hex')});
  const withPages = (...names: readonly string[]): MatchingView =>
    viewAsking('What does it say?', {
      parts: [{type: 'document', pages: names.map(page), render: {scaleTo: 896}}],
    });
  const change = onlyChange(
    await diffRecordings(
      t,
      [recordingOfView(withPages('one', 'two', 'three'), 'Much.')],
      [recordingOfView(withPages('one', 'other', 'three', 'four'), 'Much.')],
    ),
  );
  t.is(change.verdict, 'media');
  t.deepEqual(
    findingsOf(change)
      .filter(({verdict}) => verdict === 'media')
      .map(({sentence}) => sentence),
    ['page 2 of 4 looks different', 'page 4 of 4 is new'],
  );
});

test('a page with the same number and other pixels is reported as looking different', async t => {
  const withPages = (...pixels: readonly string[]) =>
    viewAsking('What does it say?', {
      parts: [{type: 'document', pages: pixels.map(pixel => ({pixels: pixel}))}],
    });
  const change = onlyChange(
    await diffRecordings(
      t,
      [recordingOfView(withPages('aa', 'bb', 'cc'), 'Much.')],
      [recordingOfView(withPages('aa', 'dd', 'cc'), 'Much.')],
    ),
  );
  t.is(findingsOf(change)[0]?.sentence, 'page 2 of 3 looks different');
  t.deepEqual('before' in change && change.before.media.map(({isChanged}) => isChanged), [
    false,
    true,
    false,
  ]);
});

test('takes are compared in recording order, and the last one repeats', async t => {
  const view = viewAsking(question);
  const change = onlyChange(
    await diffRecordings(
      t,
      [recordingOfView(view, takeSaying('Paris.', 1)), recordingOfView(view, takeSaying('Lyon.', 2))],
      [
        recordingOfView(view, takeSaying('Paris.', 1)),
        recordingOfView(view, takeSaying('Lyon.', 2)),
        recordingOfView(view, takeSaying('{"city": "Nice"}', 3)),
      ],
    ),
  );
  t.is(change.verdict, 'shape');
  t.deepEqual(
    findingsOf(change).map(({sentence}) => sentence),
    ['asking 3: it was text, now it is JSON'],
  );
});

test('changes are sorted by severity, the worst first', async t => {
  const answers: readonly (readonly [string | Said, string | Said])[] = [
    ['Yes.', 'No.'],
    ['{"a": 1}', '{"b": 1}'],
    ['Yes.', {}],
    ['Yes.', {text: 'Ye', finish: 'length'}],
  ];
  const record = (side: 0 | 1) =>
    answers.map((pair, index) => recordingOfView(viewAsking(`Question number ${index}?`), pair[side]));
  const {changes} = await diffRecordings(t, record(0), record(1));
  const found = changes.map(({verdict}) => verdict);
  t.deepEqual(found, ['error', 'finish', 'shape', 'text']);
  t.deepEqual(
    found,
    [...found].sort((a, b) => verdicts.indexOf(a) - verdicts.indexOf(b)),
  );
});

test('a cassette never differs from itself, and every added or removed request is reported', async t => {
  const recordings = fc.uniqueArray(
    fc.record({question: fc.string({minLength: 1, maxLength: 8}), take: arbitraryTake}),
    {maxLength: 4, selector: ({question: asked}) => asked},
  );
  await fc.assert(
    fc.asyncProperty(recordings, recordings, async (left, right) => {
      const [before, after] = [left, right].map(side =>
        side.map(({question: asked, take}) => recordingOfView(viewAsking(asked), take)),
      );
      const same = await diffRecordings(t, before ?? [], before ?? []);
      t.deepEqual(same.changes, []);
      t.is(same.identical, left.length);
      const {identical, changes} = await diffRecordings(t, before ?? [], after ?? []);
      const count = (...kinds: readonly string[]) =>
        changes.filter(({verdict}) => kinds.includes(verdict)).length;
      const paired = changes.length - count('added', 'removed');
      const kept = changes.filter(change => 'isOldKept' in change && change.isOldKept).length;
      t.is(identical + paired + count('removed'), left.length);
      t.is(identical + paired + kept + count('added'), right.length);
    }),
    {numRuns: 25},
  );
});
