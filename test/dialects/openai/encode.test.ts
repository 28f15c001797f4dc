import test from 'ava';
import fc from 'fast-check';
import type {ChunkOf, TokenLogprob} from '../../../src/chat/chunk.js';
import {foldChunks} from '../../../src/chat/reply.js';
import type {AnswerIdentity} from '../../../src/dialects/dialect.js';
import {encodeReply} from '../../../src/dialects/openai/chat-completions/encode-reply.js';
import {
  encodeStream,
  encodeStreamError,
} from '../../../src/dialects/openai/chat-completions/encode-stream.js';
import {RetakeError} from '../../../src/errors.js';
import {arbitraryChunks, streamOf} from '../../chat/arbitrary-chunks.js';
import {decodeReply, decodeStream, seenOf} from './decode-answer.js';

const identity: AnswerIdentity = {id: '0123456789abcdef01234567', createdAt: 1_760_000_000};
const head = {id: 'chatcmpl-0123456789abcdef01234567', created: 1_760_000_000, model: 'gpt-4o'};

const hello: readonly ChunkOf<'chat'>[] = [
  {type: 'reply-start', answeredBy: {model: 'gemma-3', engine: 'b11549'}},
  {type: 'text-delta', candidate: 0, text: 'Hel'},
  {type: 'text-delta', candidate: 0, text: 'lo'},
  {type: 'reply-end', finish: [{unified: 'stop', raw: 'stop'}], usage: {inputTokens: 3, outputTokens: 2}},
];

async function encodeWhole(chunks: readonly ChunkOf<'chat'>[]): Promise<string> {
  return encodeReply(await foldChunks(chunks), identity, {modelName: 'gpt-4o', usesFunctions: false});
}

async function encodeEvents(chunks: readonly ChunkOf<'chat'>[], includeUsage = true): Promise<string[]> {
  const events: string[] = [];
  for await (const event of encodeStream(streamOf(chunks), identity, {
    modelName: 'gpt-4o',
    usesFunctions: false,
    includeUsage,
  })) {
    events.push(event);
  }
  return events;
}

function dataOf(events: readonly string[]): unknown[] {
  return events.map(event => {
    const [, json = ''] = /^data: (.*)\n\n$/.exec(event) ?? [];
    return json === '[DONE]' ? json : JSON.parse(json);
  });
}

test('a unary answer is a chat.completion', async t => {
  t.deepEqual(JSON.parse(await encodeWhole(hello)), {
    ...head,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: {role: 'assistant', content: 'Hello', refusal: null, annotations: []},
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: {prompt_tokens: 3, completion_tokens: 2, total_tokens: 5},
  });
});

test('a streamed answer is role, deltas, finish and [DONE], without usage', async t => {
  const chunk = {...head, object: 'chat.completion.chunk'};
  const choice = {index: 0, logprobs: null, finish_reason: null};
  t.deepEqual(dataOf(await encodeEvents(hello, false)), [
    {...chunk, choices: [{...choice, delta: {role: 'assistant', content: '', refusal: null}}]},
    {...chunk, choices: [{...choice, delta: {content: 'Hel'}}]},
    {...chunk, choices: [{...choice, delta: {content: 'lo'}}]},
    {...chunk, choices: [{...choice, delta: {}, finish_reason: 'stop'}]},
    '[DONE]',
  ]);
});

test('requested usage comes last, with no choice, and is null before', async t => {
  const events = dataOf(await encodeEvents(hello, true)) as {choices: unknown[]; usage: unknown}[];
  t.deepEqual(
    events.slice(0, -2).map(({usage}) => usage),
    [null, null, null, null],
  );
  t.deepEqual(events.at(-2), {
    ...head,
    object: 'chat.completion.chunk',
    choices: [],
    usage: {prompt_tokens: 3, completion_tokens: 2, total_tokens: 5},
  } as never);
});

const nothingSaid = {
  text: '',
  refusal: '',
  reasoning: '',
  calls: [],
  logprobs: null,
  refusalLogprobs: null,
};

test('an empty answer still has its role and its finish', async t => {
  const nothing: ChunkOf<'chat'>[] = [
    {type: 'reply-start', answeredBy: {model: 'm'}},
    {
      type: 'reply-end',
      finish: [
        {unified: 'length', raw: 'length'},
        {unified: 'stop', raw: 'stop'},
      ],
    },
  ];
  const expected = {
    candidates: [
      {...nothingSaid, finish: 'length'},
      {...nothingSaid, finish: 'stop'},
    ],
    usage: undefined,
  };
  t.deepEqual(decodeStream(await encodeEvents(nothing)), expected);
  t.deepEqual(decodeReply(await encodeWhole(nothing)), expected);
});

test('log probabilities have the shape of the real API', async t => {
  const logprobs: TokenLogprob[] = [
    {
      token: 'é',
      id: 7,
      bytes: [195, 169],
      logprob: -0.5,
      top: [{token: 'e', id: 8, bytes: [101], logprob: -1}],
    },
  ];
  const chunks: ChunkOf<'chat'>[] = [
    {type: 'reply-start', answeredBy: {model: 'm'}},
    {type: 'text-delta', candidate: 0, text: 'é', logprobs},
    {type: 'reply-end', finish: [{unified: 'stop', raw: 'stop'}]},
  ];
  const expected = {
    content: [
      {
        token: 'é',
        logprob: -0.5,
        bytes: [195, 169],
        top_logprobs: [{token: 'e', logprob: -1, bytes: [101]}],
      },
    ],
    refusal: null,
  };
  t.deepEqual(JSON.parse(await encodeWhole(chunks)).choices[0].logprobs, expected);
  const [, delta] = dataOf(await encodeEvents(chunks)) as {choices: {logprobs: unknown}[]}[];
  t.deepEqual(delta?.choices[0]?.logprobs, expected as never);
});

test('only an error event has a top-level error', async t => {
  // openai-go and openai-java treat any top-level `error`, even null, as a failure.
  for (const event of await encodeEvents(hello)) t.false(event.includes('"error"'));
});

test('a failure in mid-stream is one event, and no [DONE] follows', async t => {
  async function* broken(): AsyncGenerator<ChunkOf<'chat'>> {
    yield* hello.slice(0, 2);
    throw new RetakeError('upstream_failed', 'The upstream hung up');
  }
  const events: string[] = [];
  const error = await t.throwsAsync(async () => {
    for await (const event of encodeStream(broken(), identity, {
      modelName: 'm',
      usesFunctions: false,
      includeUsage: false,
    })) {
      events.push(event);
    }
  });
  t.is(events.length, 2);
  t.deepEqual(dataOf([encodeStreamError(error as RetakeError)]), [
    {error: {message: 'The upstream hung up', type: 'server_error', param: null, code: 'upstream_failed'}},
  ]);
});

test('a stream that stops before its end is a failure, not a clean end', async t => {
  const events: string[] = [];
  await t.throwsAsync(
    async () => {
      const cut = streamOf(hello.slice(0, 3));
      for await (const event of encodeStream(cut, identity, {
        modelName: 'm',
        usesFunctions: false,
        includeUsage: false,
      }))
        events.push(event);
    },
    {instanceOf: RetakeError},
  );
  t.false(events.join('').includes('[DONE]'));
});

test('characters that some parsers treat as line breaks are escaped in events', async t => {
  const text = 'a\u2028b\u2029c\u0085d\r\ne';
  const chunks: ChunkOf<'chat'>[] = [
    {type: 'reply-start', answeredBy: {model: 'm'}},
    {type: 'text-delta', candidate: 0, text},
    {type: 'reply-end', finish: [{unified: 'stop', raw: 'stop'}]},
  ];
  const events = await encodeEvents(chunks);
  for (const event of events) t.regex(event, /^data: [^\r\n\u0085\u2028\u2029]*\n\n$/);
  t.is(decodeStream(events).candidates[0]?.text, text);
});

test('a client gets the same answer unary and streamed in any pieces', async t => {
  await fc.assert(
    fc.asyncProperty(
      arbitraryChunks,
      fc.infiniteStream(fc.integer({min: 1, max: 40})),
      async (chunks, sizes) => {
        const expected = seenOf(chunks);
        t.deepEqual(decodeReply(await encodeWhole(chunks)), expected);
        t.deepEqual(decodeStream(cut((await encodeEvents(chunks)).join(''), sizes)), expected);
      },
    ),
    {numRuns: 200},
  );
});

test('encoding twice gives the same bytes', async t => {
  await fc.assert(
    fc.asyncProperty(arbitraryChunks, async chunks => {
      t.is(await encodeWhole(chunks), await encodeWhole(chunks));
      t.deepEqual(await encodeEvents(chunks), await encodeEvents(chunks));
    }),
    {numRuns: 50},
  );
});

function cut(text: string, sizes: Iterable<number>): string[] {
  const pieces: string[] = [];
  let start = 0;
  for (const size of sizes) {
    if (start >= text.length) break;
    pieces.push(text.slice(start, start + size));
    start += size;
  }
  return pieces;
}
