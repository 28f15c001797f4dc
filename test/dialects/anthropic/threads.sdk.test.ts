import Anthropic from '@anthropic-ai/sdk';
import {betaTool} from '@anthropic-ai/sdk/helpers/beta/json-schema';
import test from 'ava';
import {buildProxy} from '../../support/build-proxy.js';
import {calls, ends, type ModelScript, says, scriptedModel} from '../../support/scripted-model.js';

const params = {model: 'claude-opus-5', max_tokens: 100, system: 'Be brief.'};

async function asking(t: Parameters<typeof buildProxy>[0], script: ModelScript) {
  const {upstream, asked} = scriptedModel(script);
  const proxy = await buildProxy(t, {upstream});
  return {...proxy, asked, client: new Anthropic({baseURL: proxy.url, apiKey: 'k', maxRetries: 0})};
}

const counting: ModelScript = (_request, index) => [says(`Answer ${index + 1}.`), ends()];

test('a thread goes on with the whole conversation, streamed or not, and replays', async t => {
  const {client, asked} = await asking(t, counting);
  const talk = async () => {
    const thread = client.beta.messages.thread(params);
    await thread.send({role: 'user', content: 'One?'});
    await thread.stream({role: 'user', content: 'Two?'}).finalMessage();
    const last = await thread.send({role: 'user', content: 'Three?'});
    return last.content;
  };
  const first = await talk();
  t.like(first, [{type: 'text', text: 'Answer 3.'}]);
  t.deepEqual(await talk(), first);
  t.is(asked.length, 3);
  const [, , third] = asked;
  t.true(third?.operation === 'chat');
  t.like(third, {
    turns: [
      {role: 'system', parts: [{text: 'Be brief.'}]},
      {role: 'user', parts: [{text: 'One?'}]},
      {role: 'assistant', parts: [{text: 'Answer 1.'}]},
      {role: 'user', parts: [{text: 'Two?'}]},
      {role: 'assistant', parts: [{text: 'Answer 2.'}]},
      {role: 'user', parts: [{text: 'Three?'}]},
    ],
  });
});

test('the tool runner of a thread sends results only, and its tools stay', async t => {
  const {client, asked} = await asking(t, (_request, index) =>
    index === 0
      ? [says('Let me see.'), ...calls('add', ['{"a":2,"b":3}']), ends('tool-calls')]
      : [says('Five.'), ends()],
  );
  const add = betaTool({
    name: 'add',
    description: 'Adds.',
    inputSchema: {
      type: 'object',
      properties: {a: {type: 'number'}, b: {type: 'number'}},
      required: ['a', 'b'],
    },
    run: ({a, b}) => String(a + b),
  });
  const thread = client.beta.messages.thread({...params, tools: [add]});
  thread.append({role: 'user', content: '2 + 3?'});
  const message = await thread.toolRunner().runUntilDone();
  t.like(message.content, [{type: 'text', text: 'Five.'}]);
  const [, second] = asked;
  t.true(second?.operation === 'chat');
  t.like(second, {
    tools: [{name: 'add'}],
    turns: [{role: 'system'}, {role: 'user'}, {role: 'assistant'}, {role: 'tool', parts: [{value: '5'}]}],
  });
});

test('a lost thread has the error by which the SDK sends everything again', async t => {
  const {post} = await asking(t, counting);
  const user = {role: 'user', content: 'hi'};
  const lost = await post('/v1/messages', {
    ...params,
    system: undefined,
    messages: [user],
    thread: {type: 'continue', previous_message_id: 'msg_x'},
  });
  t.is(lost.status, 404);
  t.like(JSON.parse(await lost.text()), {
    error: {type: 'not_found_error', details: {error_code: 'thread_not_found'}},
  });
  for (const [body, message] of [
    [{thread: {type: 'continue'}}, /thread.continue.previous_message_id: Field required/],
    [{thread: {type: 'fork'}}, /thread.type: Input should be 'create' or 'continue'/],
    [{thread: {type: 'continue', previous_message_id: 'msg_x'}}, /system: the thread has it already/],
  ] as const) {
    const refused = await post('/v1/messages', {...params, messages: [user], ...body});
    t.is(refused.status, 400);
    t.regex(await refused.text(), message);
  }
});

test('files are uploaded, listed, referred to and deleted', async t => {
  const {client, asked} = await asking(t, counting);
  const upload = (name: string) =>
    client.files.upload({file: new File([`I am ${name}.`], name, {type: 'text/plain'})});
  const file = await upload('a.txt');
  await upload('b.txt');
  t.like(file, {type: 'file', filename: 'a.txt', mime_type: 'text/plain', size_bytes: 11});
  const listed = [];
  for await (const {filename} of client.files.list({limit: 1})) listed.push(filename);
  t.deepEqual(listed, ['b.txt', 'a.txt']);
  t.deepEqual(await client.files.retrieveMetadata(file.id), file);
  const question = {
    model: 'claude-opus-5',
    max_tokens: 100,
    messages: [
      {
        role: 'user' as const,
        content: [{type: 'document' as const, source: {type: 'file' as const, file_id: file.id}}],
      },
    ],
  };
  await client.beta.messages.create(question);
  const [request] = asked;
  t.true(request?.operation === 'chat');
  t.regex(JSON.stringify(request), /I am a\.txt\./);
  await t.throwsAsync(client.files.download(file.id), {instanceOf: Anthropic.BadRequestError});
  t.like(await client.files.delete(file.id), {id: file.id, type: 'file_deleted'});
  await t.throwsAsync(client.files.retrieveMetadata(file.id), {instanceOf: Anthropic.NotFoundError});
  await t.throwsAsync(client.beta.messages.create(question), {instanceOf: Anthropic.NotFoundError});
});
