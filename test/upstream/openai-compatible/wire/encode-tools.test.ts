import test from 'ava';
import type {ChatRequest} from '../../../../src/chat/request.js';
import {encodeTools} from '../../../../src/upstream/openai-compatible/wire/encode-tools.js';
import type {UpstreamDescription} from '../../../../src/upstream/upstream-description.js';

const other: UpstreamDescription = {
  isLlamaServer: false,
  supportsImages: true,
  supportsTools: true,
  callsInParallel: true,
  supportsSystemRole: true,
  alternatesRoles: false,
};
const llamaServer: UpstreamDescription = {...other, isLlamaServer: true};
const weather = {
  name: 'get_weather',
  description: 'Tells the weather',
  parameters: {type: 'object', properties: {city: {type: 'string'}}},
};
const tools = [weather, {name: 'now'}];

test('tools are sent as declared; one without parameters accepts an empty object', t => {
  t.deepEqual(encodeTools({tools}, other)['tools'], [
    {type: 'function', function: weather},
    {type: 'function', function: {name: 'now', parameters: {type: 'object', properties: {}}}},
  ]);
});

test('without tools, no tool field is sent', t => {
  t.deepEqual(encodeTools({toolChoice: {type: 'auto'}}, other), {});
});

const choices = test.macro({
  title: (_, what: string) => `tool choice: ${what}`,
  exec(
    t,
    _what: string,
    request: Pick<ChatRequest, 'toolChoice' | 'parallelToolCalls'>,
    upstream: UpstreamDescription,
    expected: {tool_choice?: unknown; parallel_tool_calls?: unknown; names?: readonly string[]},
  ) {
    const {names = ['get_weather', 'now'], ...fields} = expected;
    const encoded = encodeTools({tools, ...request}, upstream);
    const said = encoded['tools'] as readonly {function: {name: string}}[];
    t.deepEqual(
      said.map(tool => tool.function.name),
      names,
    );
    t.is(encoded['parallel_tool_calls'], fields.parallel_tool_calls as boolean | undefined);
    t.deepEqual(encoded['tool_choice'], fields.tool_choice as string | undefined);
  },
});

test(choices, 'none given', {}, other, {});
test(choices, 'free', {toolChoice: {type: 'auto'}}, other, {});
test(choices, 'free, arguments checked', {toolChoice: {type: 'validated'}}, other, {});
test(choices, 'forbidden', {toolChoice: {type: 'none'}}, other, {tool_choice: 'none'});
test(choices, 'forced', {toolChoice: {type: 'required'}}, other, {tool_choice: 'required'});
test(choices, 'one named', {toolChoice: {type: 'required', allowed: ['now']}}, other, {
  names: ['now'],
  tool_choice: {type: 'function', function: {name: 'now'}},
});
test(
  choices,
  'one named, in llama-server’s form',
  {toolChoice: {type: 'required', allowed: ['now']}},
  llamaServer,
  {names: ['now'], tool_choice: 'required', parallel_tool_calls: true},
);
test(choices, 'of some', {toolChoice: {type: 'auto', allowed: ['now']}}, other, {names: ['now']});
test(choices, 'one at a time', {parallelToolCalls: false}, other, {parallel_tool_calls: false});
test(choices, 'one at a time, of llama-server', {parallelToolCalls: false}, llamaServer, {
  parallel_tool_calls: false,
});
test(choices, 'with a template that supports one call', {}, {...llamaServer, callsInParallel: false}, {});

const nothingToCall = test.macro({
  title: (_, what: string) => `a tool call is forced, but ${what}`,
  exec(t, _what: string, request: Parameters<typeof encodeTools>[0], message: RegExp) {
    t.throws(() => encodeTools(request, other), {code: 'invalid_request', message});
  },
});

test(nothingToCall, 'no tool is declared', {toolChoice: {type: 'required'}}, /none is declared/);
test(
  nothingToCall,
  'none of the allowed ones is declared',
  {tools, toolChoice: {type: 'required', allowed: ['x', 'y']}},
  /functions x, y, but none of them is declared/,
);
