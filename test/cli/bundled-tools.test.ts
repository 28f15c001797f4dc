import test from 'ava';
import {openaiClient} from '../sdk/javascript/clients.js';
import {serve} from '../support/retake.js';
import {answering, scriptedUpstream} from '../support/scripted-upstream.js';

test('the published command line checks the arguments of tool calls', async t => {
  const upstream = await scriptedUpstream(t, answering(['{"name":"weather","arguments":{"city":"Oslo"}}']));
  const {address} = await serve(t, [
    '--upstream',
    upstream.url,
    '--mode',
    'auto',
    '--cassette',
    'tools.cassette',
  ]);
  const {choices} = await openaiClient(address).chat.completions.create({
    model: 'gpt-4o',
    messages: [{role: 'user', content: 'Weather in Oslo?'}],
    tool_choice: 'required',
    tools: [
      {
        type: 'function',
        function: {
          name: 'weather',
          parameters: {type: 'object', properties: {city: {type: 'string'}}, required: ['city']},
        },
      },
    ],
  });
  const [call] = choices[0]?.message.tool_calls ?? [];
  t.like(call, {type: 'function', function: {name: 'weather', arguments: '{"city":"Oslo"}'}});
});
