import test from 'ava';
import {foldChunks} from '../../../../src/chat/reply.js';
import type {CompletionRequest} from '../../../../src/chat/request.js';
import {
  continuing,
  echoing,
  inTurn,
  scriptedProps,
  scriptedUpstream,
  sending,
} from '../../../support/scripted-upstream.js';
import {buildModel, present} from '../../asking.js';

const request: CompletionRequest = {operation: 'complete', prompts: ['Once upon']};

test('a text is completed as a stream, with every setting', async t => {
  const upstream = await scriptedUpstream(t, echoing(), {
    routes: {'/v1/completions': continuing([' a', ' time'])},
  });
  const reply = await foldChunks(
    buildModel(t, {url: upstream.url, reversePrompts: ['\nUser:']}).ask(
      {...request, sampling: {temperature: 0, maxTokens: 5, stop: ['END']}, extras: {suffix: '.'}},
      present(),
    ),
  );
  t.is(reply.candidates[0]?.text, ' a time');
  t.deepEqual(reply.usage, {inputTokens: 7, outputTokens: 2});
  t.deepEqual(upstream.requests[0]?.body, {
    prompt: 'Once upon',
    stream: true,
    stream_options: {include_usage: true},
    temperature: 0,
    max_tokens: 5,
    stop: ['END'],
    verbose: true,
    suffix: '.',
  });
});

test('candidates are numbered through: those of each prompt in the order of prompts', async t => {
  const upstream = await scriptedUpstream(t, echoing(), {
    routes: {
      '/v1/completions': inTurn(
        continuing(['a']),
        continuing(['b'], 'length'),
        continuing(['c']),
        continuing(['d', 'e']),
      ),
    },
  });
  const {candidates, usage} = await foldChunks(
    buildModel(t, upstream).ask(
      {...request, prompts: ['x', 'y'], candidates: 2, sampling: {seed: 3}},
      present(),
    ),
  );
  t.deepEqual(
    candidates.map(({text, finish}) => [text, finish.raw]),
    [
      ['a', 'stop'],
      ['b', 'length'],
      ['c', 'stop'],
      ['de', 'stop'],
    ],
  );
  t.deepEqual(
    upstream.requests.map(({body}) => [body.prompt, body.n, body.seed]),
    [
      ['x', undefined, 3],
      ['x', undefined, 4],
      ['y', undefined, 3],
      ['y', undefined, 4],
    ],
  );
  t.deepEqual(usage, {inputTokens: 14, outputTokens: 5});
});

test('as many candidates as there are slots are requested at once', async t => {
  const upstream = await scriptedUpstream(t, echoing(), {
    props: {...scriptedProps, total_slots: 2},
    routes: {'/v1/completions': continuing(['a'])},
  });
  const {candidates} = await foldChunks(buildModel(t, upstream).ask({...request, candidates: 2}, present()));
  t.is(candidates.length, 2);
  t.is(upstream.requests.length, 1);
});

test("log probabilities in llama-server's form are read, cut to the requested number", async t => {
  const upstream = await scriptedUpstream(t, echoing(), {
    routes: {'/v1/completions': continuing(['a', 'b'])},
  });
  for (const top of [0, 2]) {
    const {candidates} = await foldChunks(
      buildModel(t, upstream).ask({...request, logprobs: {top}}, present()),
    );
    t.deepEqual(
      candidates[0]?.logprobs?.map(token => [token.token, token.top.length]),
      [
        ['a', top],
        ['b', top],
      ],
    );
  }
});

test('log probabilities in the form of completions are read, too', async t => {
  const logprobs = {
    tokens: ['Hi', '!'],
    token_logprobs: [-0.5, null],
    top_logprobs: [{Ho: -2, Hi: -0.5}, null],
    text_offset: [0, 2],
  };
  const event = {choices: [{index: 0, text: 'Hi!', logprobs, finish_reason: 'stop'}]};
  const upstream = await scriptedUpstream(t, echoing(), {
    props: null,
    routes: {'/v1/completions': sending(`data: ${JSON.stringify(event)}\n\ndata: [DONE]\n\n`)},
  });
  const {candidates} = await foldChunks(
    buildModel(t, upstream).ask({...request, logprobs: {top: 5}}, present()),
  );
  const choice = (token: string, logprob: number) => ({token, bytes: [...Buffer.from(token)], logprob});
  t.deepEqual(candidates[0]?.logprobs, [
    {...choice('Hi', -0.5), top: [choice('Hi', -0.5), choice('Ho', -2)]},
    {...choice('!', -9999), top: []},
  ]);
});

test('a server without completions is reported', async t => {
  const upstream = await scriptedUpstream(t);
  await t.throwsAsync(foldChunks(buildModel(t, upstream).ask(request, present())), {
    code: 'upstream_rejected',
    message: /File Not Found/,
  });
});
