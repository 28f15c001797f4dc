import test from 'ava';
import {BadRequestError, NotFoundError} from 'openai';
import {openaiClient} from '../../../sdk/javascript/clients.js';
import {buildProxy} from '../../../support/build-proxy.js';
import {ends, says, scriptedModel} from '../../../support/scripted-model.js';

async function storing(t: Parameters<typeof buildProxy>[0]) {
  const {upstream, asked} = scriptedModel((_request, index) => [says(`Answer ${index}`), ends()]);
  const {url} = await buildProxy(t, {upstream});
  return {asked, completions: openaiClient(url).chat.completions};
}

const ask = (content: string) => ({model: 'gpt-4o', messages: [{role: 'user' as const, content}]});

test('a stored completion can be fetched, labelled and deleted', async t => {
  const {completions} = await storing(t);
  const told = await completions.create({...ask('one'), store: true, metadata: {run: '1'}});
  t.deepEqual(await completions.retrieve(told.id), {...told, metadata: {run: '1'}});
  const updated = await completions.update(told.id, {metadata: {run: '2'}});
  t.deepEqual(updated, {...told, metadata: {run: '2'}});
  t.deepEqual((await completions.list()).data, [updated]);
  t.deepEqual(await completions.delete(told.id), {
    id: told.id,
    object: 'chat.completion.deleted',
    deleted: true,
  });
  for (const attempt of [completions.retrieve(told.id), completions.delete(told.id)]) {
    await t.throwsAsync(attempt, {instanceOf: NotFoundError});
  }
});

test('a streamed completion is stored, too, and unchanged when it is replayed', async t => {
  const {completions, asked} = await storing(t);
  let id = '';
  for await (const chunk of await completions.create({...ask('one'), store: true, stream: true}))
    id = chunk.id;
  t.is((await completions.retrieve(id)).choices[0]?.message.content, 'Answer 0');
  const whole = await completions.create({...ask('one'), store: true});
  t.is(whole.id, id);
  t.is(asked.length, 1);
});

test('a completion is stored only on request', async t => {
  const {completions} = await storing(t);
  const {id} = await completions.create(ask('one'));
  await t.throwsAsync(completions.retrieve(id), {instanceOf: NotFoundError});
  t.deepEqual((await completions.list()).data, []);
});

test('a list is sorted oldest first, has pages, and can be filtered by model or metadata', async t => {
  const {completions} = await storing(t);
  const ids: string[] = [];
  for (const [index, content] of ['a', 'b', 'c'].entries()) {
    const model = index === 1 ? 'gpt-4o-mini' : 'gpt-4o';
    const {id} = await completions.create({
      ...ask(content),
      model,
      store: true,
      metadata: {run: `${index % 2}`},
    });
    ids.push(id);
  }
  const listed: string[] = [];
  for await (const {id} of completions.list({limit: 2})) listed.push(id);
  t.deepEqual(listed, ids);
  t.deepEqual(
    (await completions.list({order: 'desc'})).data.map(({id}) => id),
    ids.toReversed(),
  );
  t.deepEqual(
    (await completions.list({model: 'gpt-4o-mini'})).data.map(({id}) => id),
    [ids[1]],
  );
  t.deepEqual(
    (await completions.list({metadata: {run: '0'}})).data.map(({id}) => id),
    [ids[0], ids[2]],
  );
});

test('the messages of a stored completion are listed', async t => {
  const {completions} = await storing(t);
  const parts = [{type: 'text' as const, text: 'two'}];
  const {id} = await completions.create({
    model: 'gpt-4o',
    store: true,
    messages: [
      {role: 'system', content: 'one'},
      {role: 'user', content: parts},
    ],
  });
  t.deepEqual((await completions.messages.list(id)).data as unknown, [
    {role: 'system', content: 'one', id: `${id}-0`},
    {role: 'user', content: null, content_parts: parts, id: `${id}-1`},
  ]);
});

test('only the metadata of a stored completion can be changed', async t => {
  const {completions} = await storing(t);
  const {id} = await completions.create({...ask('one'), store: true});
  const change = completions.update(id, {metadata: {}, model: 'other'} as never);
  t.like(await t.throwsAsync(change, {instanceOf: BadRequestError}), {
    param: 'model',
    code: 'unknown_parameter',
  });
  const none = completions.update(id, {} as never);
  t.like(await t.throwsAsync(none, {instanceOf: BadRequestError}), {param: 'metadata'});
});
