import test from 'ava';
import {createParser} from 'eventsource-parser';
import fc from 'fast-check';
import type {AnswerChunk} from '../../../src/chat/chunk.js';
import type {AnswerFormat} from '../../../src/dialects/dialect.js';
import {RetakeError} from '../../../src/errors.js';
import {arbitraryChunks, streamOf} from '../../chat/arbitrary-chunks.js';
import {bodyWith, decode} from './decode-body.js';

const identity = {id: '0123456789abcdef01234567', createdAt: 1_760_000_000};

async function wholeOf(chunks: readonly AnswerChunk[], fields = {}) {
  const {answer} = decode(bodyWith(fields));
  if (answer.delivery !== 'unary') throw new Error('Expected an answer in one piece');
  return answer.encode(streamOf(chunks), identity);
}

function streamFormat(fields = {}): Extract<AnswerFormat, {delivery: 'stream'}> {
  const {answer} = decode(bodyWith({...fields, stream: true}));
  if (answer.delivery !== 'stream') throw new Error('Expected an answer that is streamed');
  return answer;
}

// biome-ignore lint/suspicious/noExplicitAny: the answer is read as it was sent, and a wrong shape fails the test
type Wire = any;

async function eventsOf(chunks: readonly AnswerChunk[], fields = {}): Promise<Wire[]> {
  let text = '';
  for await (const event of streamFormat(fields).encodeStream(streamOf(chunks), identity)) text += event;
  const events: Wire[] = [];
  const parser = createParser({
    onEvent({event, data}) {
      const value = JSON.parse(data);
      if (value.type !== event) throw new Error(`The event ${event} says that it is ${value.type}`);
      events.push(value);
    },
  });
  parser.feed(text);
  return events;
}

/** Folds events as the SDKs do, and checks their order. */
function fold(events: readonly Wire[]): Wire {
  const [start, ...rest] = events.filter(({type}) => type !== 'ping');
  if (start.type !== 'message_start') throw new Error('A stream begins with message_start');
  const message = start.message;
  let open: Wire;
  let json = '';
  for (const event of rest) {
    switch (event.type) {
      case 'content_block_start':
        if (open || event.index !== message.content.length)
          throw new Error('Blocks come one after the other');
        open = event.content_block;
        json = '';
        break;
      case 'content_block_delta':
        if (event.delta.type === 'text_delta') open.text += event.delta.text;
        else if (event.delta.type === 'thinking_delta') open.thinking += event.delta.thinking;
        else if (event.delta.type === 'input_json_delta') json += event.delta.partial_json;
        break;
      case 'content_block_stop':
        if (open.type === 'tool_use') open.input = JSON.parse(json || '{}');
        message.content.push(open);
        open = undefined;
        break;
      case 'message_delta':
        Object.assign(message, event.delta);
        Object.assign(message.usage, event.usage);
        break;
      case 'message_stop':
        if (open) throw new Error('A message stops in a block');
        return message;
    }
  }
  throw new Error('A stream ends with message_stop');
}

/** The texts of neighbouring blocks of one kind: an interleaved stream has more blocks than a unary answer. */
function gathered(message: Wire): Wire {
  const of = (type: string, member: string) =>
    message.content
      .filter((block: Wire) => block.type === type)
      .map((block: Wire) => block[member])
      .join('');
  const {content, ...rest} = message;
  return {
    ...rest,
    text: of('text', 'text'),
    thinking: of('thinking', 'thinking'),
    calls: content.filter(({type}: Wire) => type === 'tool_use'),
  };
}

test('a stream has the same content as the unary answer', async t => {
  const single = arbitraryChunks.filter(chunks => {
    const end = chunks.at(-1);
    return end?.type === 'reply-end' && end.finish.length === 1;
  });
  await fc.assert(
    fc.asyncProperty(single, async chunks => {
      const streamed = gathered(fold(await eventsOf(chunks)));
      t.deepEqual(streamed, gathered(JSON.parse(await wholeOf(chunks))));
    }),
    {numRuns: 300},
  );
});

const start: AnswerChunk = {type: 'reply-start', answeredBy: {model: 'm'}};
const end: AnswerChunk = {
  type: 'reply-end',
  finish: [{unified: 'stop', raw: 'stop'}],
  usage: {inputTokens: 3, outputTokens: 2},
};
const calling: readonly AnswerChunk[] = [
  start,
  {type: 'text-delta', candidate: 0, text: 'Hm.'},
  {type: 'tool-call-start', candidate: 0, call: 0, name: 'f'},
  {type: 'tool-call-start', candidate: 0, call: 1, name: 'g'},
  {type: 'tool-call-delta', candidate: 0, call: 0, text: '{"z":12345678901234567890,'},
  {type: 'tool-call-delta', candidate: 0, call: 0, text: '"a":1}'},
  end,
];

test('an answer has every field that the API promises', async t => {
  const message = JSON.parse(await wholeOf([start, {type: 'text-delta', candidate: 0, text: 'Hi'}, end]));
  t.like(message, {
    id: `msg_${identity.id}`,
    type: 'message',
    role: 'assistant',
    model: 'claude',
    content: [{type: 'text', text: 'Hi'}],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: {input_tokens: 3, output_tokens: 2, cache_read_input_tokens: 0},
  });
});

test('tool calls keep every digit and their own ids', async t => {
  const body = await wholeOf(calling);
  t.true(body.includes('"input":{"z":12345678901234567890,"a":1}'), body);
  const message = JSON.parse(body);
  t.is(message.stop_reason, 'tool_use');
  t.deepEqual(
    message.content.map(({type, id}: Wire) => [type, id]),
    [
      ['text', undefined],
      ['tool_use', `toolu_${identity.id}_0`],
      ['tool_use', `toolu_${identity.id}_1`],
    ],
  );
});

test('events are in the API’s order', async t => {
  const events = await eventsOf(calling);
  t.deepEqual(
    events.map(({type, index}) => (index === undefined ? type : `${type} ${index}`)),
    [
      'message_start',
      'content_block_start 0',
      'ping',
      'content_block_delta 0',
      'content_block_stop 0',
      'content_block_start 1',
      ...['content_block_delta 1', 'content_block_delta 1', 'content_block_delta 1'],
      'content_block_stop 1',
      'content_block_start 2',
      'content_block_delta 2',
      'content_block_stop 2',
      'message_delta',
      'message_stop',
    ],
  );
});

test('a tool call whose arguments are not an object is returned as text', async t => {
  const chunks: readonly AnswerChunk[] = [
    start,
    {type: 'tool-call-start', candidate: 0, call: 0, name: 'f'},
    {type: 'tool-call-delta', candidate: 0, call: 0, text: '[1]'},
    end,
  ];
  t.like(JSON.parse(await wholeOf(chunks)), {
    content: [{type: 'text', text: 'f [1]'}],
    stop_reason: 'end_turn',
  });
  t.like(fold(await eventsOf(chunks)), {content: [{type: 'text', text: 'f [1]'}], stop_reason: 'end_turn'});
});

test('thoughts are included unless the client omits them', async t => {
  const chunks: readonly AnswerChunk[] = [
    start,
    {type: 'reasoning-delta', candidate: 0, text: 'Hm'},
    {type: 'text-delta', candidate: 0, text: 'Hi'},
    end,
  ];
  const types = (message: Wire) => message.content.map(({type}: Wire) => type);
  const omitted = {thinking: {type: 'adaptive', display: 'omitted'}};
  t.deepEqual(types(JSON.parse(await wholeOf(chunks))), ['thinking', 'text']);
  t.deepEqual(types(fold(await eventsOf(chunks))), ['thinking', 'text']);
  t.deepEqual(types(JSON.parse(await wholeOf(chunks, omitted))), ['text']);
  t.deepEqual(types(fold(await eventsOf(chunks, omitted))), ['text']);
});

test('a stop sequence is reported', async t => {
  const stopped: AnswerChunk = {
    type: 'reply-end',
    finish: [{unified: 'stop', raw: 'stop', stopSequence: 'END'}],
  };
  t.like(JSON.parse(await wholeOf([start, stopped])), {stop_reason: 'stop_sequence', stop_sequence: 'END'});
});

test('a failure in mid-stream is an error event', t => {
  const text = streamFormat().encodeStreamError(new RetakeError('upstream_failed', 'It broke\u2028off'));
  t.regex(text, /^event: error\ndata: [^\n\u2028]*\n\n$/);
  t.like(JSON.parse(text.split('data: ')[1] ?? ''), {type: 'error', error: {type: 'api_error'}});
});
