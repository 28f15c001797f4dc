import test from 'ava';
import type {Tool} from '../../../../src/chat/tools.js';
import {chunk, scriptedProps, scriptedUpstream, sending} from '../../../support/scripted-upstream.js';
import {ask, buildModel, question} from '../../asking.js';

const capable = {
  ...scriptedProps,
  chat_template_caps: {supports_tools: true, supports_parallel_tool_calls: true},
};
const tools = [
  {
    name: 'add',
    parameters: {type: 'object', properties: {a: {type: 'integer'}}, required: ['a']},
  },
];

const ends = test.macro({
  title: (_, what: string) => what,
  async exec(
    t,
    _what: string,
    called: {name: string; arguments: string},
    expected: string,
    {reason = 'tool_calls', declared = tools}: {reason?: string; declared?: readonly Tool[]} = {},
  ) {
    const events = [
      chunk(0, {tool_calls: [{index: 0, id: 'x', type: 'function', function: {...called, arguments: ''}}]}),
      chunk(0, {tool_calls: [{index: 0, function: {arguments: called.arguments}}]}),
      chunk(0, {}, undefined, reason),
    ];
    const upstream = await scriptedUpstream(
      t,
      sending(...events.map(event => `data: ${JSON.stringify(event)}\n\n`), 'data: [DONE]\n\n'),
      {props: capable},
    );
    const chunks = await ask(buildModel(t, upstream), question('Hi', {tools: declared}));
    const end = chunks.at(-1);
    t.true(end?.type === 'reply-end' && end.finish[0].unified === expected);
    t.like(upstream.requests[0]?.body, {tools: [{type: 'function'}], parallel_tool_calls: true});
    t.deepEqual(
      chunks.slice(1, -1).map(one => (one.type === 'tool-call-delta' ? one.text : one.type)),
      ['tool-call-start', called.arguments || '{}'],
    );
  },
});

test(ends, 'a matching tool call is passed on unchanged', {name: 'add', arguments: '{"a":1}'}, 'tool-calls');
test(
  ends,
  'arguments that do not match are malformed',
  {name: 'add', arguments: '{"a":"x"}'},
  'malformed-tool-call',
);
test(ends, 'arguments that are a list are malformed', {name: 'add', arguments: '[1]'}, 'malformed-tool-call');
test(ends, 'broken arguments are malformed', {name: 'add', arguments: '{"a":'}, 'malformed-tool-call');
test(
  ends,
  'arguments cut off by the token limit are not malformed',
  {name: 'add', arguments: '{"a":'},
  'length',
  {
    reason: 'length',
  },
);
test(ends, 'empty arguments are valid', {name: 'add', arguments: ''}, 'tool-calls', {
  declared: [{name: 'add', parameters: {type: 'object', properties: {a: {type: 'integer'}}, required: []}}],
});
test(
  ends,
  'a schema that only the server supports is not checked',
  {name: 'add', arguments: '{"a":"x"}'},
  'tool-calls',
  {
    declared: [
      {name: 'add', parameters: {type: 'object', properties: {a: {type: 'integer', dependentRequired: 7}}}},
    ],
  },
);
