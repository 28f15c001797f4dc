import test from 'ava';
import {BadRequestError, NotFoundError} from 'openai';
import {openaiClient} from '../../../sdk/javascript/clients.js';
import {buildProxy} from '../../../support/build-proxy.js';
import {calls, ends, type ModelScript, says, scriptedModel} from '../../../support/scripted-model.js';

const model = 'gpt-5.1';

async function asking(t: Parameters<typeof buildProxy>[0], script: ModelScript) {
  const {upstream, asked} = scriptedModel(script);
  const proxy = await buildProxy(t, {upstream});
  return {...proxy, asked, client: openaiClient(proxy.url)};
}

const counting: ModelScript = (_request, index) => [says(`Answer ${index + 1}.`), ends()];

test('a conversation collects the input and the answers of its responses, and each response gets all of it', async t => {
  const {client, asked} = await asking(t, counting);
  const {id} = await client.conversations.create({
    metadata: {topic: 'demo'},
    items: [{type: 'message', role: 'user', content: 'I am Ann.'}],
  });
  t.regex(id, /^conv_[0-9a-f]{48}$/);
  const first = await client.responses.create({model, conversation: id, input: 'Who am I?'});
  t.deepEqual(first.conversation, {id});
  await client.responses.create({model, conversation: {id}, input: 'Sure?', store: false});
  const [, second] = asked;
  t.true(second?.operation === 'chat');
  t.like(second, {
    turns: [
      {role: 'user', parts: [{text: 'I am Ann.'}]},
      {role: 'user', parts: [{text: 'Who am I?'}]},
      {role: 'assistant', parts: [{text: 'Answer 1.'}]},
      {role: 'user', parts: [{text: 'Sure?'}]},
    ],
  });
  const items = [];
  for await (const item of client.conversations.items.list(id, {order: 'asc', limit: 2})) items.push(item);
  t.deepEqual(
    items.map(item => (item.type === 'message' ? item.role : item.type)),
    ['user', 'user', 'assistant', 'user', 'assistant'],
  );
  t.is(new Set(items.map(item => item.id)).size, 5);
});

test('a request with a conversation has the key of the same request in full, and replays in another process', async t => {
  const {client, asked} = await asking(t, counting);
  const talk = async () => {
    const {id} = await client.conversations.create();
    const said = [];
    for (const input of ['One?', 'Two?']) {
      said.push((await client.responses.create({model, conversation: id, input})).output_text);
    }
    return said;
  };
  t.deepEqual(await talk(), ['Answer 1.', 'Answer 2.']);
  t.deepEqual(await talk(), ['Answer 1.', 'Answer 2.']);
  const inline = await client.responses.create({
    model,
    input: [
      {role: 'user', content: 'One?'},
      {role: 'assistant', content: 'Answer 1.'},
      {role: 'user', content: 'Two?'},
    ],
  });
  t.is(inline.output_text, 'Answer 2.');
  t.is(asked.length, 2);
});

test('items are added, read, paged and removed as openai-agents does', async t => {
  const {client} = await asking(t, counting);
  const {id} = await client.conversations.create({});
  const added = await client.conversations.items.create(id, {
    items: [
      {type: 'message', role: 'user', content: 'hi'},
      {type: 'message', role: 'user', content: 'hi'},
      {type: 'function_call', call_id: 'c', name: 'f', arguments: '{}'},
      {type: 'function_call_output', call_id: 'c', output: 'done'},
    ],
  });
  t.deepEqual(
    added.data.map(item => item.type),
    ['message', 'message', 'function_call', 'function_call_output'],
  );
  t.is(new Set(added.data.map(item => item.id)).size, 4);
  const [newest] = (await client.conversations.items.list(id, {limit: 1})).data;
  t.is(newest?.type, 'function_call_output');
  t.deepEqual(await client.conversations.items.retrieve(newest?.id ?? '', {conversation_id: id}), newest);
  t.is((await client.conversations.items.delete(newest?.id ?? '', {conversation_id: id})).id, id);
  t.is((await client.conversations.items.list(id)).data.length, 3);
  t.deepEqual((await client.conversations.update(id, {metadata: {a: 'b'}})).metadata, {a: 'b'});
  t.like(await client.conversations.retrieve(id), {object: 'conversation', metadata: {a: 'b'}});
  t.like(await client.conversations.delete(id), {id, deleted: true, object: 'conversation.deleted'});
  await t.throwsAsync(client.conversations.retrieve(id), {instanceOf: NotFoundError});
});

test('a tool call and its result span two responses of a conversation', async t => {
  const {client, asked} = await asking(t, (_request, index) =>
    index === 0 ? [...calls('look', ['{"a":1}']), ends('tool-calls')] : [says('Done.'), ends()],
  );
  const {id} = await client.conversations.create();
  const tools = [{type: 'function' as const, name: 'look', parameters: null, strict: null}];
  const {output} = await client.responses.create({model, conversation: id, input: 'Look', tools});
  const [call] = output;
  t.true(call?.type === 'function_call');
  const result = {
    type: 'function_call_output' as const,
    call_id: call?.type === 'function_call' ? call.call_id : '',
    output: 'seen',
  };
  const last = await client.responses.create({model, conversation: id, input: [result], tools});
  t.is(last.output_text, 'Done.');
  t.is(asked.length, 2);
});

test('a response of an unknown conversation, or of two histories, is refused', async t => {
  const {client} = await asking(t, counting);
  await t.throwsAsync(client.responses.create({model, conversation: 'conv_x', input: 'hi'}), {
    instanceOf: NotFoundError,
    message: /Conversation with id 'conv_x' not found/,
  });
  const {id} = await client.conversations.create();
  const {id: previous} = await client.responses.create({model, input: 'hi'});
  await t.throwsAsync(
    client.responses.create({model, conversation: id, previous_response_id: previous, input: 'hi'}),
    {instanceOf: BadRequestError, message: /Mutually exclusive/},
  );
  await t.throwsAsync(client.conversations.items.create(id, {items: []}), {instanceOf: BadRequestError});
});

test('a response in the background is complete at once, and cancelling comes too late', async t => {
  const {client, asked} = await asking(t, counting);
  const response = await client.responses.create({model, input: 'hi', background: true});
  t.like(response, {status: 'completed', background: true, output_text: 'Answer 1.'});
  t.like(await client.responses.retrieve(response.id), {status: 'completed', background: true});
  t.like(await client.responses.cancel(response.id), {id: response.id, status: 'completed'});
  const other = await client.responses.create({model, input: 'hi'});
  await t.throwsAsync(client.responses.cancel(other.id), {instanceOf: BadRequestError});
  t.is(asked.length, 1);
});
