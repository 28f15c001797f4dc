import test from 'ava';
import {foldChunks, foldEmbeddings, foldTokenCount} from '../../../src/chat/reply.js';
import type {EmbedRequest} from '../../../src/chat/request.js';
import {ask} from '../../support/ask.js';
import {liveUpstream} from '../../support/live-upstream.js';
import {present, turn} from '../asking.js';

const embed = (...texts: readonly string[]): EmbedRequest => ({
  operation: 'embed',
  inputs: texts.map(text => ({content: [{type: 'text', text}]})),
});

test('the chat engine also makes embeddings, closer for more similar texts', async t => {
  const upstream = liveUpstream(t);
  const {embeddings, usage} = await foldEmbeddings(
    upstream.model(
      embed('A cat sits on the mat.', 'A kitten lies on the rug.', 'GDP grew by 2 % in 1998.'),
      present(),
    ),
  );
  t.deepEqual(
    embeddings.map(({length}) => length),
    [640, 640, 640],
  );
  t.true((usage?.inputTokens ?? 0) > 10);
  const [cat = [], kitten = [], economy = []] = embeddings;
  const likeness = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, place) => sum + value * (b[place] ?? 0), 0);
  t.true(likeness(cat, kitten) > likeness(cat, economy));
  t.regex((await ask(upstream, 'What is the capital of France?')).candidates[0]?.text ?? '', /Paris/);
});

test('embeddings have the requested size, and the length of a text is limited', async t => {
  const upstream = liveUpstream(t);
  const ask = (dimensions: number) => {
    const inputs = [{content: [{type: 'text', text: 'a'}], dimensions}] as const;
    return foldEmbeddings(upstream.model({operation: 'embed', inputs}, present()));
  };
  const [vector = []] = (await ask(64)).embeddings;
  t.is(vector.length, 64);
  t.true(Math.abs(Math.hypot(...vector) - 1) < 1e-6);
  const [longer = []] = (await ask(768)).embeddings;
  t.is(longer.length, 768);
  t.true(longer.slice(640).every(value => value === 0));
  await t.throwsAsync(foldEmbeddings(upstream.model(embed('word '.repeat(1000)), present())), {
    code: 'upstream_rejected',
    message: /too large to process/,
  });
});

test('the token count equals the cost of a chat, tools included', async t => {
  const upstream = liveUpstream(t);
  const turns = [turn('system', 'Be brief.'), turn('user', 'What is the capital of France?')];
  const tools = [{name: 'get_weather', description: 'The weather of a city'}];
  for (const more of [{}, {tools}]) {
    const {tokens} = await foldTokenCount(
      upstream.model({operation: 'count-tokens', turns, ...more}, present()),
    );
    const {usage} = await ask(upstream, '', {turns, sampling: {maxTokens: 1}, ...more});
    t.deepEqual(tokens, usage?.inputTokens as typeof tokens);
  }
});

test('texts are completed, with their tokens', async t => {
  const {candidates, usage} = await foldChunks(
    liveUpstream(t).model(
      {
        operation: 'complete',
        prompts: ['The capital of France is', 'One, two, three,'],
        sampling: {temperature: 0, maxTokens: 4},
        logprobs: {top: 2},
      },
      present(),
    ),
  );
  t.is(candidates.length, 2);
  t.regex(candidates[1]?.text ?? '', /four/);
  for (const {text, logprobs = [], finish} of candidates) {
    t.is(finish.unified, 'length');
    t.is(Buffer.from(logprobs.flatMap(({bytes}) => bytes)).toString(), text);
    t.true(logprobs.every(({top}) => top.length === 2));
  }
  t.is(usage?.outputTokens, 8);
});

test('the engine reports the stop sequence that ended an answer, and also ends by itself', async t => {
  const upstream = liveUpstream(t);
  const stopped = await ask(upstream, 'What is the capital of France?', {
    sampling: {temperature: 0, maxTokens: 60, stop: ['Paris', 'END']},
  });
  t.is(stopped.candidates[0]?.finish.stopSequence, 'Paris');
  const ended = await ask(upstream, 'What is the capital of France?', {
    sampling: {temperature: 0, maxTokens: 60, stop: ['END']},
  });
  t.is(ended.candidates[0]?.finish.stopSequence, undefined);
  t.is(ended.candidates[0]?.finish.unified, 'stop');
  t.notRegex(ended.candidates[0]?.text ?? '', /User:/);
});
