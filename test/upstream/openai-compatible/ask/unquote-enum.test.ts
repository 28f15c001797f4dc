import test from 'ava';
import fc from 'fast-check';
import type {AnswerChunk} from '../../../../src/chat/chunk.js';
import {foldChunks} from '../../../../src/chat/reply.js';
import {unquoteEnum} from '../../../../src/upstream/openai-compatible/ask/unquote-enum.js';

const unquoted = test.macro({
  title: (_, what: string) => what,
  async exec(t, _what: string, deltas: readonly string[], text: string) {
    t.is(await textOfAnswer(deltas), text);
  },
});

test(unquoted, 'a quoted word loses its quotes', ['"', 'Bra', 'ss', '"'], 'Brass');
test(unquoted, 'white space around the quotes is removed', [' \n"Brass"', '\n\t'], 'Brass');
test(unquoted, 'an escape in two pieces is one character', ['"a\\', '"b\\u00', 'e9"'], 'a"bé');
test(unquoted, 'a truncated answer loses its opening quote', ['"Bra'], 'Bra');
test(unquoted, 'an answer without quotes stays unchanged', ['Brass'], 'Brass');
test(unquoted, 'an answer that is another JSON value stays unchanged', ['7'], '7');
test(unquoted, 'an empty answer stays empty', [], '');

test('each of several candidates is unquoted, and keeps its log probabilities', async t => {
  const token = {token: '"a', bytes: [34, 97], logprob: -1, top: []};
  const reply = await foldChunks(
    unquoteEnum(
      answerOf([
        {type: 'text-delta', candidate: 1, text: '"b'},
        {type: 'text-delta', candidate: 0, text: '"a', logprobs: [token]},
        {type: 'reasoning-delta', candidate: 0, text: '"thinking"'},
        {type: 'text-delta', candidate: 1, text: '"'},
        {type: 'text-delta', candidate: 0, text: '"', logprobs: [token]},
      ]),
    ),
  );
  t.deepEqual(
    reply.candidates.map(({text}) => text),
    ['a', 'b'],
  );
  t.deepEqual(reply.candidates[0]?.logprobs, [token, token]);
  t.is(reply.candidates[0]?.reasoning, '"thinking"');
});

test('law: any word is recovered from its JSON, however that is split', async t => {
  await fc.assert(
    fc.asyncProperty(fc.string({unit: 'binary'}), fc.integer({min: 1, max: 5}), async (word, size) => {
      const deltas = JSON.stringify(word).match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      t.is(await textOfAnswer(deltas), word);
    }),
  );
});

async function textOfAnswer(deltas: readonly string[]): Promise<string | undefined> {
  const chunks = deltas.map((text): AnswerChunk => ({type: 'text-delta', candidate: 0, text}));
  const {candidates} = await foldChunks(unquoteEnum(answerOf(chunks)));
  return candidates[0]?.text;
}

async function* answerOf(chunks: readonly AnswerChunk[]): AsyncGenerator<AnswerChunk> {
  const stop = {unified: 'stop', raw: 'stop'} as const;
  yield {type: 'reply-start', answeredBy: {model: 'm'}};
  yield* chunks;
  yield {type: 'reply-end', finish: [stop, stop]};
}
