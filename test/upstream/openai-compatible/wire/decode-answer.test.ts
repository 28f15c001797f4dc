import test from 'ava';
import fc from 'fast-check';
import type {AnswerChunk} from '../../../../src/chat/chunk.js';
import {foldChunks} from '../../../../src/chat/reply.js';
import type {CompletionExpectation} from '../../../../src/dialects/kit/completion-chunks/decode-completion.js';
import {type ErrorCode, RetakeError} from '../../../../src/errors.js';
import {decodeAnswer} from '../../../../src/upstream/openai-compatible/wire/decode-answer.js';
import {parseEvents} from '../../../../src/upstream/openai-compatible/wire/parse-events.js';
import {chunk, usageChunk} from '../../../support/scripted-upstream.js';
import {collect, failureOf} from '../../asking.js';

const one: CompletionExpectation = {
  candidates: 1,
  trustsEmpty: true,
  answeredBy: () => ({model: 'm'}),
  eventError: error => new RetakeError('upstream_rejected', `told ${JSON.stringify(error)}`),
};
const start = {type: 'reply-start', answeredBy: {model: 'm'}} as const;
const stop = {unified: 'stop', raw: 'stop'} as const;
const finished = (index: number, reason = 'stop') => chunk(index, {}, undefined, reason);

const decodes = test.macro({
  title: (_, what: string) => what,
  async exec(
    t,
    _what: string,
    events: readonly object[],
    expected: readonly AnswerChunk[],
    expectation: Partial<CompletionExpectation> = {},
  ) {
    t.deepEqual(await collect(decodeAnswer(eventsOf(events), {...one, ...expectation})), expected);
  },
});

test(
  decodes,
  'an answer starts, has its deltas and ends with its usage, without cached tokens',
  [
    chunk(0, {role: 'assistant', content: null}),
    chunk(0, {content: 'Hel'}),
    chunk(0, {content: 'lo'}),
    finished(0),
    usageChunk(7, 2),
  ],
  [
    start,
    {type: 'text-delta', candidate: 0, text: 'Hel'},
    {type: 'text-delta', candidate: 0, text: 'lo'},
    {type: 'reply-end', finish: [stop], usage: {inputTokens: 7, outputTokens: 2}},
  ],
);
test(
  decodes,
  'text and finish reason may come in one event',
  [chunk(0, {content: 'Hi'}, undefined, 'length')],
  [
    start,
    {type: 'text-delta', candidate: 0, text: 'Hi'},
    {type: 'reply-end', finish: [{unified: 'length', raw: 'length'}]},
  ],
);
test(
  decodes,
  'an event without choices does not start an answer, nor does a progress event end it',
  [{choices: [], prompt_progress: {total: 9}}, chunk(0, {content: 'Hi'}), finished(0)],
  [
    {...start, inputTokens: 9},
    {type: 'text-delta', candidate: 0, text: 'Hi'},
    {type: 'reply-end', finish: [stop]},
  ],
);
test(
  decodes,
  'reasoning is separate from text, under both of its names',
  [chunk(0, {reasoning_content: 'Hm'}), chunk(0, {reasoning: 'm'}), chunk(0, {content: 'Hi'}), finished(0)],
  [
    start,
    {type: 'reasoning-delta', candidate: 0, text: 'Hm'},
    {type: 'reasoning-delta', candidate: 0, text: 'm'},
    {type: 'text-delta', candidate: 0, text: 'Hi'},
    {type: 'reply-end', finish: [stop]},
  ],
);
test(
  decodes,
  'a refusal is told apart from text',
  [chunk(0, {content: 'Well. ', refusal: ''}), chunk(0, {refusal: 'No.'}), finished(0)],
  [
    start,
    {type: 'text-delta', candidate: 0, text: 'Well. '},
    {type: 'text-delta', candidate: 0, text: 'No.', refusal: true},
    {type: 'reply-end', finish: [stop]},
  ],
);
test(
  decodes,
  'a refusal that a server repeats at its end counts once',
  [
    chunk(0, {refusal: 'I can'}),
    chunk(0, {refusal: 'not.'}),
    {choices: [{index: 0, message: {role: 'assistant', refusal: 'I cannot.'}, finish_reason: 'stop'}]},
  ],
  [
    start,
    {type: 'text-delta', candidate: 0, text: 'I can', refusal: true},
    {type: 'text-delta', candidate: 0, text: 'not.', refusal: true},
    {type: 'reply-end', finish: [stop]},
  ],
);
test(
  decodes,
  'reasoning tokens are counted',
  [
    finished(0),
    {
      choices: [],
      usage: {prompt_tokens: 1, completion_tokens: 9, completion_tokens_details: {reasoning_tokens: 5}},
    },
  ],
  [start, {type: 'reply-end', finish: [stop], usage: {inputTokens: 1, outputTokens: 9, reasoningTokens: 5}}],
);
test(
  decodes,
  'the last of several running token counts is used',
  [
    {...chunk(0, {content: 'Hi'}), usage: {prompt_tokens: 1, completion_tokens: 1}},
    {...finished(0), usage: {prompt_tokens: 1, completion_tokens: 2}},
  ],
  [
    start,
    {type: 'text-delta', candidate: 0, text: 'Hi'},
    {type: 'reply-end', finish: [stop], usage: {inputTokens: 1, outputTokens: 2}},
  ],
);
test(
  decodes,
  'an unknown finish reason keeps its name',
  [finished(0, 'repetition')],
  [start, {type: 'reply-end', finish: [{unified: 'other', raw: 'repetition'}]}],
);
test(
  decodes,
  'candidates may interleave; a token count for each of them is summed, the prompt counts once',
  [
    chunk(1, {content: 'b'}),
    chunk(0, {content: 'a'}),
    finished(1, 'length'),
    usageChunk(7, 3),
    chunk(0, {content: 'c'}),
    finished(0),
    usageChunk(7, 5),
  ],
  [
    start,
    {type: 'text-delta', candidate: 1, text: 'b'},
    {type: 'text-delta', candidate: 0, text: 'a'},
    {type: 'text-delta', candidate: 0, text: 'c'},
    {
      type: 'reply-end',
      finish: [stop, {unified: 'length', raw: 'length'}],
      usage: {inputTokens: 7, outputTokens: 8},
    },
  ],
  {candidates: 2},
);
test(
  decodes,
  'one token count for all candidates is used unchanged',
  [finished(0), finished(1), usageChunk(7, 8)],
  [start, {type: 'reply-end', finish: [stop, stop], usage: {inputTokens: 7, outputTokens: 8}}],
  {candidates: 2},
);

/** A fragment of a tool call, as servers send it. */
function called(part: object, place: object = {index: 0}): object {
  return chunk(0, {tool_calls: [{...place, function: part}]});
}
const callStart = (call: number, name: string) =>
  ({type: 'tool-call-start', candidate: 0, call, name}) as const;
const callDelta = (call: number, text: string) =>
  ({type: 'tool-call-delta', candidate: 0, call, text}) as const;
const toolCalls = {unified: 'tool-calls', raw: 'tool_calls'} as const;

test(
  decodes,
  'a tool call arrives in fragments, and its random id is left out',
  [
    chunk(0, {role: 'assistant', content: null}),
    called({name: 'f', arguments: ''}, {index: 0, id: 'x1', type: 'function'}),
    called({arguments: '{"ci'}),
    called({arguments: 'ty":1}'}),
    finished(0, 'tool_calls'),
  ],
  [
    start,
    callStart(0, 'f'),
    callDelta(0, '{"ci'),
    callDelta(0, 'ty":1}'),
    {type: 'reply-end', finish: [toolCalls]},
  ],
);
test(
  decodes,
  'several tool calls are numbered in the order in which they start, and may interleave',
  [
    called({name: 'f', arguments: '{'}, {index: 1, id: 'a'}),
    called({name: 'f', arguments: '{'}, {index: 0, id: 'b'}),
    called({arguments: '}'}, {index: 1}),
    called({arguments: '}'}, {index: 0}),
    finished(0, 'tool_calls'),
  ],
  [
    start,
    callStart(0, 'f'),
    callDelta(0, '{'),
    callStart(1, 'f'),
    callDelta(1, '{'),
    callDelta(0, '}'),
    callDelta(1, '}'),
    {type: 'reply-end', finish: [toolCalls]},
  ],
);
test(
  decodes,
  'tool calls that share an index are distinguished by id, and one whose name is repeated is one call',
  [
    called({name: 'f', arguments: '{}'}, {id: 'a'}),
    called({name: 'f', arguments: '{"x":'}, {id: 'b'}),
    called({name: 'f', arguments: '1}'}, {id: 'b'}),
    finished(0, 'tool_calls'),
  ],
  [
    start,
    callStart(0, 'f'),
    callDelta(0, '{}'),
    callStart(1, 'f'),
    callDelta(1, '{"x":'),
    callDelta(1, '1}'),
    {type: 'reply-end', finish: [toolCalls]},
  ],
);
test(
  decodes,
  'an answer with a tool call that ends with stop ends with tool-calls; arguments may be an object',
  [called({name: 'f', arguments: {z: 1, a: 2}}), finished(0)],
  [
    start,
    callStart(0, 'f'),
    callDelta(0, '{"z":1,"a":2}'),
    {type: 'reply-end', finish: [{unified: 'tool-calls', raw: 'stop'}]},
  ],
);
test(
  decodes,
  'a legacy function call is one tool call',
  [chunk(0, {function_call: {name: 'f', arguments: '{}'}}), finished(0, 'function_call')],
  [
    start,
    callStart(0, 'f'),
    callDelta(0, '{}'),
    {type: 'reply-end', finish: [{unified: 'tool-calls', raw: 'function_call'}]},
  ],
);
test(
  decodes,
  'an answer that is cut off in a tool call ended at its token limit',
  [called({name: 'f', arguments: '{"ci'}), finished(0, 'length')],
  [
    start,
    callStart(0, 'f'),
    callDelta(0, '{"ci'),
    {type: 'reply-end', finish: [{unified: 'length', raw: 'length'}]},
  ],
);

const verbose = (word: string, type = 'word') => ({
  ...finished(0),
  __verbose: {stop_type: type, stopping_word: word},
});
const vllm = (reason: unknown) => ({
  choices: [{index: 0, delta: {}, finish_reason: 'stop', stop_reason: reason}],
});

for (const [what, event, stopSequence] of [
  ['llama-server tells at which text it stopped', verbose('END'), 'END'],
  ['a text of the server itself is none of the client', verbose('\nUser:'), undefined],
  ['an end of its own is at no text', verbose('', 'eos'), undefined],
  ['vLLM tells at which text it stopped', vllm('END'), 'END'],
  ['a token of its own is no text', vllm(107), undefined],
  ['no reason is none', vllm(null), undefined],
] as const) {
  test(
    decodes,
    what,
    [event],
    [start, {type: 'reply-end', finish: [{...stop, ...(stopSequence !== undefined && {stopSequence})}]}],
    {stops: ['END', 'STOP']},
  );
}

const choice = (token: string, logprob: number | null) => ({
  id: 5,
  token,
  bytes: [...Buffer.from(token)],
  logprob,
});

test(
  decodes,
  'log probabilities have their text, cut to the requested number',
  [
    chunk(
      0,
      {content: 'Hi'},
      {
        content: [
          {...choice('Hi', -0.5), top_logprobs: [choice('Hi', -0.5), choice('Ho', -2), choice('Ha', -3)]},
        ],
      },
    ),
    finished(0),
  ],
  [
    start,
    {
      type: 'text-delta',
      candidate: 0,
      text: 'Hi',
      logprobs: [
        {
          token: 'Hi',
          id: 5,
          bytes: [72, 105],
          logprob: -0.5,
          top: [
            {token: 'Hi', id: 5, bytes: [72, 105], logprob: -0.5},
            {token: 'Ho', id: 5, bytes: [72, 111], logprob: -2},
          ],
        },
      ],
    },
    {type: 'reply-end', finish: [stop]},
  ],
  {topLogprobs: 2},
);
test(
  decodes,
  'a token without bytes gets those of its text, one without a probability gets a very low one',
  [chunk(0, {content: ''}, {content: [{token: 'é', bytes: null, logprob: null}]}), finished(0)],
  [
    start,
    {
      type: 'text-delta',
      candidate: 0,
      text: '',
      logprobs: [{token: 'é', bytes: [195, 169], logprob: -9999, top: []}],
    },
    {type: 'reply-end', finish: [stop]},
  ],
  {topLogprobs: 0},
);
test(
  decodes,
  'log probabilities that were not requested are left out',
  [chunk(0, {content: 'Hi'}, {content: [{...choice('Hi', -0.5), top_logprobs: []}]}), finished(0)],
  [start, {type: 'text-delta', candidate: 0, text: 'Hi'}, {type: 'reply-end', finish: [stop]}],
);

const fails = test.macro({
  title: (_, what: string) => `fails on ${what}`,
  async exec(
    t,
    _what: string,
    events: readonly (object | string)[],
    message: RegExp,
    code: ErrorCode = 'upstream_failed',
  ) {
    const {error, chunks} = await failureOf(decodeAnswer(eventsOf(events), one));
    t.regex(error.message, message);
    t.is(error.code, code);
    t.false(chunks.some(({type}) => type === 'reply-end'));
  },
});

const whole = (message: object, reason = 'stop') => ({
  choices: [{index: 0, message: {role: 'assistant', ...message}, finish_reason: reason}],
});
const callOf = (id: string | undefined, text: string) => ({
  id,
  type: 'function',
  function: {name: 'f', arguments: text},
});
const fCalled = [
  {type: 'tool-call-start', candidate: 0, call: 0, name: 'f'},
  {type: 'tool-call-delta', candidate: 0, call: 0, text: '{"x":"one"}'},
] as const;
const endsWithCall = {
  type: 'reply-end',
  finish: [{unified: 'tool-calls', raw: 'tool_calls'}],
} as const;

for (const [how, id] of [
  ['with ids', 'a'],
  ['without ids', undefined],
] as const) {
  test(
    decodes,
    `a whole message at the end adds nothing to its deltas: calls ${how}, reasoning and text`,
    [
      chunk(0, {reasoning_content: 'Hm'}),
      chunk(0, {content: 'Hi'}),
      chunk(0, {tool_calls: [{index: 0, ...callOf(id, '{"x":"one"}')}]}),
      whole({content: 'Hi', reasoning_content: 'Hm', tool_calls: [callOf(id, '{"x": "one"}')]}, 'tool_calls'),
    ],
    [
      start,
      {type: 'reasoning-delta', candidate: 0, text: 'Hm'},
      {type: 'text-delta', candidate: 0, text: 'Hi'},
      ...fCalled,
      endsWithCall,
    ],
  );
}
test(
  decodes,
  'a message beside a delta adds what the delta lacks',
  [
    {
      choices: [
        {
          index: 0,
          delta: {content: 'Hi'},
          message: {content: 'Hi', tool_calls: [callOf('a', '{"x":"one"}')]},
          finish_reason: 'tool_calls',
        },
      ],
    },
  ],
  [start, {type: 'text-delta', candidate: 0, text: 'Hi'}, ...fCalled, endsWithCall],
);
test(
  decodes,
  'a message that repeats the delta beside it is not read twice',
  ['A ', 'B'].map((content, index) => ({
    choices: [{index: 0, delta: {content}, message: {content}, finish_reason: index === 0 ? null : 'stop'}],
  })),
  [
    start,
    {type: 'text-delta', candidate: 0, text: 'A '},
    {type: 'text-delta', candidate: 0, text: 'B'},
    {type: 'reply-end', finish: [stop]},
  ],
);
test(
  decodes,
  'a fragment without a name goes on with the call in its place, whatever its id',
  [
    chunk(0, {tool_calls: [{index: 0, ...callOf('a', '{"x":')}]}),
    chunk(0, {tool_calls: [{index: 0, id: 'b', function: {arguments: '"one"}'}}]}),
    finished(0, 'tool_calls'),
  ],
  [
    start,
    fCalled[0],
    {type: 'tool-call-delta', candidate: 0, call: 0, text: '{"x":'},
    {type: 'tool-call-delta', candidate: 0, call: 0, text: '"one"}'},
    endsWithCall,
  ],
);

const twoCalls = [callOf('a', '{"x":"one"}'), callOf('a', '{"x":"two"}')];
const bothCalled = [
  ...fCalled,
  {type: 'tool-call-start', candidate: 0, call: 1, name: 'f'},
  {type: 'tool-call-delta', candidate: 0, call: 1, text: '{"x":"two"}'},
] as const;
test(
  decodes,
  'two calls of a message with the same id are two',
  [whole({tool_calls: twoCalls}, 'tool_calls')],
  [start, ...bothCalled, endsWithCall],
);
test(
  decodes,
  'two calls of an event with the same id and without places are two, also if a message has them again',
  [chunk(0, {tool_calls: twoCalls}), whole({tool_calls: twoCalls}, 'tool_calls')],
  [start, ...bothCalled, endsWithCall],
);

test(
  decodes,
  'a refusal of nothing but the word null is none, and one may have the word in it',
  [
    chunk(0, {content: 'null', refusal: 'null'}),
    chunk(0, {refusal: 'No '}),
    chunk(0, {refusal: 'null'}),
    finished(0),
  ],
  [
    start,
    {type: 'text-delta', candidate: 0, text: 'null'},
    {type: 'text-delta', candidate: 0, text: 'No ', refusal: true},
    {type: 'text-delta', candidate: 0, text: 'null', refusal: true},
    {type: 'reply-end', finish: [stop]},
  ],
);
const said = chunk(0, {content: 'Hi'});
test(fails, 'an end without a finish reason', [said], /ended without a finish reason/);
test(fails, 'no events at all', [], /ended without a finish reason/);
test(fails, 'JSON that is broken', [said, '{"choices": [{"del'], /not valid JSON: \{"choices": \[\{"del/);
test(fails, 'an event that is no object', ['[1]'], /not an object/);
test(fails, 'choices that are no list', [{choices: {}}], /not a list/);
test(fails, 'a choice that is no object', [{choices: ['Hi']}], /not an object/);
test(fails, 'a choice with a strange index', [{choices: [{index: -1}]}], /no index/);
test(fails, 'content that is no text', [chunk(0, {content: 7})], /not text/);
test(fails, 'a candidate that nobody asked for', [chunk(1, {content: 'Hi'})], /candidate 1/);
test(fails, 'text after the finish reason', [finished(0), said], /after its finish reason/);
test(fails, 'an error event', [said, {error: {message: 'x'}}], /told \{"message":"x"\}/, 'upstream_rejected');
test(
  fails,
  'an error of older servers',
  [{object: 'error', message: 'x'}],
  /told .*"message":"x"/,
  'upstream_rejected',
);
test(fails, 'a call without a name', [called({arguments: '{}'})], /a call has no name/);
test(
  fails,
  'a call without a name beside text shows the event with the call',
  [said, called({arguments: '{"x":7}'}), finished(0)],
  /a call has no name: .*\\"x\\":7/,
);
test(
  fails,
  'a message with other text than the delta beside it',
  [{choices: [{index: 0, delta: {content: 'A'}, message: {content: 'B'}, finish_reason: 'stop'}]}],
  /its message differs from the text before it/,
);
test(
  fails,
  'a message with other arguments than the deltas before it',
  [
    chunk(0, {tool_calls: [{index: 0, ...callOf('a', '{"x":"one"}')}]}),
    whole({tool_calls: [callOf('a', '{"x":"two"}')]}, 'tool_calls'),
  ],
  /its message differs from the calls before it/,
);
test(
  fails,
  'text in two places that differs',
  [{choices: [{index: 0, delta: {content: 'A'}, text: 'B', finish_reason: 'stop'}]}],
  /its text differs from its content/,
);
test(fails, 'a call that is no object', [chunk(0, {tool_calls: ['f']})], /a call is not an object/);
test(fails, 'a call named by a number', [called({name: 7})], /name is not text/);
test(
  fails,
  'a tool call after the finish reason',
  [finished(0), called({name: 'f', arguments: ''})],
  /continues after its finish reason/,
);

const doubts = test.macro({
  title: (_, what: string) => `an empty answer of an unknown server is not accepted: ${what}`,
  async exec(t, _what: string, events: readonly (object | string)[], message: RegExp) {
    const {error} = await failureOf(decodeAnswer(eventsOf(events), {...one, trustsEmpty: false}));
    t.regex(error.message, message);
  },
});

test(doubts, 'no word of it', [finished(0)], /nothing in it was understood.*"finish_reason":"stop"/);
test(doubts, 'counted tokens', [finished(0), usageChunk(7, 9)], /nothing in it was understood/);
test(
  doubts,
  'text in an unknown member',
  [chunk(0, {output: 'Hi'}), finished(0), usageChunk(7, 1)],
  /unknown member "output": .*"output":"Hi"/,
);
test(doubts, 'the format of another API', [{response: 'Hi', done: true}], /unknown member "response"/);
test(
  doubts,
  'an answer of another API in one piece',
  [{model: 'm', message: {role: 'assistant', content: 'Hi'}, done: true}, '[DONE]'],
  /nothing in it was understood.*"content":"Hi"/,
);
test(doubts, 'calls that are not there', [finished(0, 'tool_calls')], /none was understood/);
test(doubts, 'pictures', [chunk(0, {images: [{type: 'image_url'}]}), finished(0)], /it has images/);
test(
  doubts,
  'a server that gives up',
  [chunk(0, {content: 'H'}), finished(0, 'error')],
  /gave the answer up/,
);
test(
  doubts,
  'a choice with an error',
  [{choices: [{index: 0, delta: {}, error: {message: 'x'}}]}],
  /told \{"message":"x"\}/,
);

const believes = test.macro({
  title: (_, what: string) => `an empty answer of an unknown server is accepted: ${what}`,
  async exec(t, _what: string, events: readonly object[], expectation: Partial<CompletionExpectation> = {}) {
    const chunks = await collect(
      decodeAnswer(eventsOf(events), {...one, trustsEmpty: false, ...expectation}),
    );
    t.deepEqual(
      chunks.map(({type}) => type),
      ['reply-start', 'reply-end'],
    );
  },
});

test(believes, 'no tokens', [finished(0), usageChunk(7, 0)]);
test(believes, 'the token that ends it', [finished(0), usageChunk(7, 1)]);
test(believes, 'only hidden reasoning', [
  finished(0),
  {
    choices: [],
    usage: {prompt_tokens: 1, completion_tokens: 9, completion_tokens_details: {reasoning_tokens: 9}},
  },
]);
test(believes, 'a content filter', [finished(0, 'content_filter')]);
test(believes, 'a token limit', [finished(0, 'MAX_TOKENS')]);
test(believes, 'a stop sequence at once', [finished(0), usageChunk(7, 3)], {stops: ['END']});

test('law: text that is cut into pieces anywhere, surrogate pairs too, arrives whole', async t => {
  const cuts = fc.array(fc.nat(40), {maxLength: 6});
  await fc.assert(
    fc.asyncProperty(fc.string({unit: 'binary', minLength: 1, maxLength: 40}), cuts, async (text, at) => {
      const places = [...new Set([0, ...at.map(place => Math.min(place, text.length)), text.length])];
      const ordered = places.sort((a, b) => a - b);
      const pieces = ordered.slice(1).map((end, index) => text.slice(ordered[index], end));
      const events = [...pieces.map(content => chunk(0, {content})), finished(0)];
      const {candidates} = await foldChunks(decodeAnswer(eventsOf(events), one));
      t.is(candidates[0]?.text, text.toWellFormed());
      const arguments_ = JSON.stringify({text});
      const half = Math.floor(arguments_.length / 2);
      const called = await foldChunks(
        decodeAnswer(
          eventsOf([
            chunk(0, {tool_calls: [{function: {name: 'f', arguments: arguments_.slice(0, half)}}]}),
            chunk(0, {tool_calls: [{function: {arguments: arguments_.slice(half)}}]}),
            finished(0),
          ]),
          one,
        ),
      );
      t.is(called.candidates[0]?.toolCalls[0]?.arguments, arguments_.toWellFormed());
    }),
  );
});

test('law: a well-formed answer follows the grammar and folds the same however its bytes are split', async t => {
  const answers = fc.record({
    candidates: fc.integer({min: 1, max: 3}),
    deltas: fc.array(
      fc.tuple(fc.nat(2), fc.constantFrom('content', 'reasoning_content'), fc.string({unit: 'grapheme'})),
    ),
    sizes: fc.array(fc.integer({min: 1, max: 200}), {minLength: 1}),
  });
  await fc.assert(
    fc.asyncProperty(answers, async ({candidates, deltas, sizes}) => {
      const events = [
        ...deltas.map(([index, field, text]) => chunk(index % candidates, {[field]: text})),
        ...Array.from({length: candidates}, (_, index) => finished(index)),
        usageChunk(3, deltas.length),
      ];
      const bytes = Buffer.from(events.map(event => `data: ${JSON.stringify(event)}\n\n`).join(''));
      const chunks = await collect(decodeAnswer(parseEvents(split(bytes, sizes)), {...one, candidates}));
      t.regex(
        chunks.map(({type}) => type).join(' '),
        /^reply-start( text-delta| reasoning-delta)* reply-end$/,
      );
      const whole = await foldChunks(
        decodeAnswer(parseEvents(split(bytes, [bytes.length])), {...one, candidates}),
      );
      t.deepEqual(await foldChunks(chunks), whole);
      t.deepEqual(
        whole.candidates.map(({text}) => text),
        Array.from({length: candidates}, (_, index) => answerText(deltas, index, candidates)),
      );
    }),
    {numRuns: 60},
  );
});

test('law: an answer that is cut off before its last finish reason never ends', async t => {
  const events = [chunk(0, {content: 'Hel'}), chunk(0, {content: 'lo ☃'}), finished(0)];
  const bytes = Buffer.from(events.map(event => `data: ${JSON.stringify(event)}\n\n`).join(''));
  await fc.assert(
    fc.asyncProperty(fc.integer({min: 0, max: bytes.length - 3}), async length => {
      const {chunks} = await failureOf(
        decodeAnswer(parseEvents(split(bytes.subarray(0, length), [length])), one),
      );
      t.false(chunks.some(({type}) => type === 'reply-end'));
    }),
  );
});

function answerText(deltas: readonly [number, string, string][], index: number, candidates: number): string {
  return deltas
    .filter(([candidate, field]) => candidate % candidates === index && field === 'content')
    .map(([, , text]) => text)
    .join('');
}

async function* eventsOf(events: readonly (object | string)[]): AsyncGenerator<readonly string[]> {
  for (const event of events) yield [typeof event === 'string' ? event : JSON.stringify(event)];
}

async function* split(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let start = 0, index = 0; start < bytes.length; index++) {
    const size = sizes[index % sizes.length] || 1;
    yield bytes.subarray(start, start + size);
    start += size;
  }
}
