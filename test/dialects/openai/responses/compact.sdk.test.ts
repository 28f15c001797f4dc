import test from 'ava';
import {BadRequestError} from 'openai';
import type {ResponseInputItem} from 'openai/resources/responses/responses';
import {openaiClient} from '../../../sdk/javascript/clients.js';
import {buildProxy} from '../../../support/build-proxy.js';
import {ends, says, scriptedModel} from '../../../support/scripted-model.js';

const model = 'gpt-5.1';

test('a conversation goes on from its summary by the model, and replays', async t => {
  const {upstream, asked} = scriptedModel((_request, index) => [
    says(index === 0 ? 'Ann’s number is 7.' : 'Seven.'),
    ends(),
  ]);
  const client = openaiClient((await buildProxy(t, {upstream})).url);
  const history: ResponseInputItem[] = [
    {role: 'user', content: 'I am Ann, my number is 7.'},
    {role: 'assistant', content: 'Noted.'},
    {role: 'user', content: 'Good.'},
  ];
  const talk = async () => {
    const compacted = await client.responses.compact({model, input: history});
    const input = [...compacted.output, {role: 'user', content: 'My number?'}] as ResponseInputItem[];
    return {compacted, response: await client.responses.create({model, input})};
  };
  const {compacted, response} = await talk();
  t.like(compacted, {object: 'response.compaction', usage: {input_tokens: 7, output_tokens: 3}});
  t.deepEqual(
    compacted.output.map(item => item.type),
    ['message', 'message', 'compaction'],
  );
  t.is(response.output_text, 'Seven.');
  const [summary, question] = asked;
  t.true(summary?.operation === 'chat' && summary.turns.length === 4);
  t.regex(JSON.stringify(summary), /Summarize the conversation/);
  t.true(question?.operation === 'chat');
  t.like(question, {
    turns: [
      {role: 'user', parts: [{text: 'I am Ann, my number is 7.'}]},
      {role: 'user', parts: [{text: 'Good.'}]},
      {role: 'system', parts: [{text: 'Summary of the conversation so far:\nAnn’s number is 7.'}]},
      {role: 'user', parts: [{text: 'My number?'}]},
    ],
  });
  t.deepEqual((await talk()).compacted, compacted);
  t.is(asked.length, 2);
});

test('what another server has compacted is refused', async t => {
  const {upstream} = scriptedModel(() => [ends()]);
  const client = openaiClient((await buildProxy(t, {upstream})).url);
  const input: ResponseInputItem[] = [
    {type: 'compaction', encrypted_content: 'gAAAAABo'},
    {role: 'user', content: 'hi'},
  ];
  await t.throwsAsync(client.responses.create({model, input}), {
    instanceOf: BadRequestError,
    message: /input\[0\].encrypted_content.*another server/,
  });
});
