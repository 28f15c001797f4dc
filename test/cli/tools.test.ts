import test from 'ava';
import {serve} from '../support/retake.js';
import {answering, scriptedUpstream} from '../support/scripted-upstream.js';

test('the built command line checks the arguments of the calls that a model makes', async t => {
  const call = '{"name":"get_weather","arguments":{"city":"Oslo"}}';
  const upstream = await scriptedUpstream(t, answering([call]));
  const {address} = await serve(t, ['--upstream', upstream.url, '--mode', 'passthrough']);
  const parameters = {type: 'object', properties: {city: {type: 'string'}}, required: ['city']};
  const response = await fetch(`${address}/v1/chat/completions`, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify({
      model: 'gpt-4o',
      messages: [{role: 'user', content: 'How is the weather in Oslo?'}],
      tools: [{type: 'function', function: {name: 'get_weather', parameters}}],
      tool_choice: 'required',
    }),
  });
  t.like(await response.json(), {
    choices: [{message: {tool_calls: [{function: {name: 'get_weather', arguments: '{"city":"Oslo"}'}}]}}],
  });
});
