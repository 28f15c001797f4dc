import test from 'ava';
import {foldTokenCount} from '../../../../src/chat/reply.js';
import type {CountTokensRequest} from '../../../../src/chat/request.js';
import {
  answering,
  chunk,
  echoing,
  replying,
  scriptedProps,
  scriptedUpstream,
  sending,
} from '../../../support/scripted-upstream.js';
import {ask, buildModel, present, question, turn} from '../../asking.js';

const tools = [{name: 'f', parameters: {type: 'object', properties: {a: {type: 'string'}}}}];
const request: CountTokensRequest = {
  operation: 'count-tokens',
  turns: [turn('system', 'Be brief.'), turn('user', 'Hi')],
  tools,
};
const counting = {'/chat/completions/input_tokens': replying(() => ({input_tokens: 13}))};

for (const supports_tools of [true, false]) {
  test(`a token count has the request of a chat, ${supports_tools ? 'with' : 'without'} native tools`, async t => {
    const upstream = await scriptedUpstream(t, answering(['Hi']), {
      props: {...scriptedProps, chat_template_caps: {supports_tools}},
      routes: counting,
    });
    const model = buildModel(t, upstream);
    t.is((await foldTokenCount(model.ask(request, present()))).tokens, 13);
    await ask(model, question('', {turns: request.turns, tools}));
    const [count, chat] = upstream.requests.map(({body}) => body);
    t.deepEqual(count.messages, chat.messages);
    t.deepEqual(count.tools, chat.tools);
    t.is(count.tools === undefined, !supports_tools);
    t.is(count.stream, undefined);
  });
}

test('images are counted', async t => {
  const upstream = await scriptedUpstream(t, echoing(), {
    props: {...scriptedProps, modalities: {vision: true}},
    routes: counting,
  });
  const media = {
    pagesGiven: 'images' as const,
    image: async () => ({bytes: Buffer.from('png'), mediaType: 'image/png'}),
    page: async () => ({bytes: Buffer.from('png'), mediaType: 'image/png'}),
  };
  const turns = [{role: 'user', parts: [{type: 'image', sha256: 'i'}]}] as const;
  await foldTokenCount(
    buildModel(t, upstream).ask({operation: 'count-tokens', turns}, {...present(), media}),
  );
  t.deepEqual(upstream.requests[0]?.body.messages[0].content, [
    {type: 'image_url', image_url: {url: 'data:image/png;base64,cG5n'}},
  ]);
});

test('without a counting endpoint, the prompt tokens of a chat are used', async t => {
  const upstream = await scriptedUpstream(t, answering(['H'], {promptTokens: 21}), {props: null});
  t.is((await foldTokenCount(buildModel(t, upstream).ask(request, present()))).tokens, 21);
  t.like(upstream.requests[0]?.body, {max_tokens: 1, stream: true, model: 'scripted-model'});
});

test('a server with neither is reported as unable to count tokens', async t => {
  const upstream = await scriptedUpstream(
    t,
    sending(`data: ${JSON.stringify(chunk(0, {content: 'H'}, undefined, 'length'))}\n\n`, 'data: [DONE]\n\n'),
  );
  await t.throwsAsync(foldTokenCount(buildModel(t, upstream).ask(request, present())), {
    code: 'not_supported',
    message: /cannot count tokens/,
  });
});

test('a token count that is not a number is a failure', async t => {
  const upstream = await scriptedUpstream(t, echoing(), {
    routes: {'/chat/completions/input_tokens': replying(() => ({tokens: 13}))},
  });
  await t.throwsAsync(foldTokenCount(buildModel(t, upstream).ask(request, present())), {
    code: 'upstream_failed',
  });
});
