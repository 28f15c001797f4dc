import test from 'ava';
import type {Turn} from '../../../../src/chat/request.js';
import {encodeMessages} from '../../../../src/upstream/openai-compatible/wire/encode-messages.js';
import {turn} from '../../asking.js';

const blind = {supportsImages: false};

test('tool calls follow the text, with arguments as JSON in their order and with every digit', async t => {
  const called: Turn = {
    role: 'assistant',
    parts: [
      {type: 'text', text: 'Let me see.'},
      {type: 'tool-call', call: 'call-1', name: 'f', arguments: {z: 1, a: 12345678901234567890n}},
      {type: 'tool-call', call: 'call-2', name: 'g', arguments: 'not JSON'},
    ],
  };
  t.deepEqual(await encodeMessages([called], blind), [
    {
      role: 'assistant',
      content: 'Let me see.',
      tool_calls: [
        {
          id: 'call-1',
          type: 'function',
          function: {name: 'f', arguments: '{"z":1,"a":12345678901234567890}'},
        },
        {id: 'call-2', type: 'function', function: {name: 'g', arguments: 'not JSON'}},
      ],
    },
  ]);
});

test('a turn with only tool calls has no content', async t => {
  const called: Turn = {
    role: 'assistant',
    parts: [{type: 'tool-call', call: 'call-1', name: 'f', arguments: {}}],
  };
  t.like((await encodeMessages([called], blind))[0], {content: null});
});

test('each tool result is a separate message', async t => {
  const results: Turn = {
    role: 'tool',
    parts: [
      {type: 'tool-result', call: 'call-1', value: {sky: 'blue'}},
      {type: 'tool-result', call: 'call-2', name: 'g', value: 'plain words'},
      {type: 'tool-result', call: 'call-3', value: 'no such city', isError: true},
    ],
  };
  t.deepEqual(await encodeMessages([turn('user', 'Hi'), results], blind), [
    {role: 'user', content: 'Hi'},
    {role: 'tool', tool_call_id: 'call-1', content: '{"sky":"blue"}'},
    {role: 'tool', tool_call_id: 'call-2', name: 'g', content: 'plain words'},
    {role: 'tool', tool_call_id: 'call-3', content: '{"error":"no such city"}'},
  ]);
});

test('images of tool results follow them in a user message', async t => {
  const media = {
    pagesGiven: 'images' as const,
    image: async () => ({bytes: Buffer.from('png'), mediaType: 'image/png'}),
    page: async () => ({bytes: Buffer.from('page'), mediaType: 'image/png'}),
  };
  const results: Turn = {
    role: 'tool',
    parts: [
      {type: 'tool-result', call: 'call-1', value: 'seen', content: [{type: 'image', sha256: 'i'}]},
      {type: 'tool-result', call: 'call-2', value: 'nothing'},
    ],
  };
  t.deepEqual(await encodeMessages([results], {supportsImages: true, media}), [
    {role: 'tool', tool_call_id: 'call-1', content: 'seen'},
    {role: 'tool', tool_call_id: 'call-2', content: 'nothing'},
    {role: 'user', content: [{type: 'image_url', image_url: {url: 'data:image/png;base64,cG5n'}}]},
  ]);
});
