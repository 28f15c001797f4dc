import test from 'ava';
import type {AnswerChunk, FinishReason, Usage} from '../../../../src/chat/chunk.js';
import type {ChatRequest} from '../../../../src/chat/request.js';
import {askSequentially} from '../../../../src/upstream/openai-compatible/ask/ask-sequentially.js';
import {collect, question} from '../../asking.js';

const stop: FinishReason = {unified: 'stop', raw: 'stop'};
const cut: FinishReason = {unified: 'length', raw: 'length'};

test('the answers become the candidates of one answer', async t => {
  const answers = [
    answer('a', stop, {inputTokens: 7, outputTokens: 2}),
    answer('b', cut, {inputTokens: 7, outputTokens: 3, reasoningTokens: 1}),
  ];
  t.deepEqual(
    await collect(askSequentially(question('Hi', {candidates: 2}), () => streamOf(answers.shift() ?? []))),
    [
      {type: 'reply-start', answeredBy: {model: 'm'}},
      {type: 'text-delta', candidate: 0, text: 'a'},
      {type: 'text-delta', candidate: 1, text: 'b'},
      {type: 'reply-end', finish: [stop, cut], usage: {inputTokens: 7, outputTokens: 5, reasoningTokens: 1}},
    ],
  );
});

const seeds = test.macro({
  title: (_, what: string) => what,
  async exec(t, _what: string, seed: number | undefined, expected: readonly (number | undefined)[]) {
    const asked: ChatRequest[] = [];
    const request = question('Hi', {
      candidates: 3,
      sampling: {temperature: 1, ...(seed !== undefined && {seed})},
    });
    await collect(
      askSequentially(request, single => {
        asked.push(single);
        return streamOf(answer('a', stop));
      }),
    );
    t.deepEqual(
      asked.map(({sampling}) => sampling?.seed),
      expected,
    );
    t.true(asked.every(({candidates, sampling}) => candidates === 1 && sampling?.temperature === 1));
  },
});

test(seeds, 'each answer has the next seed', 5, [5, 6, 7]);
test(seeds, 'a seed of 0 is a seed', 0, [0, 1, 2]);
test(seeds, 'without a seed, no seed is sent', undefined, [undefined, undefined, undefined]);
test(seeds, 'a random seed stays random', -1, [-1, -1, -1]);

test('one failed answer fails all of them', async t => {
  let count = 0;
  const chunks = askSequentially(question('Hi', {candidates: 2}), () => {
    if (count++ === 1) throw new Error('the second failed');
    return streamOf(answer('a', stop));
  });
  await t.throwsAsync(collect(chunks), {message: 'the second failed'});
});

function answer(text: string, finish: FinishReason, usage?: Usage): readonly AnswerChunk[] {
  return [
    {type: 'reply-start', answeredBy: {model: 'm'}},
    {type: 'text-delta', candidate: 0, text},
    {type: 'reply-end', finish: [finish], ...(usage && {usage})},
  ];
}

async function* streamOf(chunks: readonly AnswerChunk[]): AsyncGenerator<AnswerChunk> {
  yield* chunks;
}
