import test from 'ava';
import {answering, type Script} from '../support/scripted-upstream.js';
import {liveProxy} from './live-proxy.js';
import {geminiStream, geminiUnary, openaiStream, openaiUnary} from './ways.js';

/** A server whose template requires alternating turns, as Gemma's does. */
const gemma = {
  props: {
    total_slots: 1,
    chat_template:
      "{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}",
  },
};

const user = (...texts: readonly string[]) => ({role: 'user', parts: texts.map(text => ({text}))});
const model = (text: string) => ({role: 'model', parts: [{text}]});

test('numbers as strings, integers with a decimal point, and single objects for lists are accepted (ProtoJSON)', async t => {
  const {post, upstream} = await liveProxy(t);
  const body = `{"contents":{"parts":{"text":"hi"}},
    "generation_config":{"maxOutputTokens":"5","seed":1.0,"topK":40.0,"stop_sequences":"END"}}`;
  const response = await post(geminiUnary.path, body);
  t.is(response.status, 200, await response.text());
  t.like(upstream.requests[0]?.body, {seed: 1, top_k: 40, stop: ['END']});
});

test('thoughts in the history are not put into the prompt', async t => {
  const {post, upstream} = await liveProxy(t);
  const thought = {role: 'model', parts: [{text: 'secret', thought: true}, {text: 'yes'}]};
  const response = await post(geminiUnary.path, {contents: [user('hi'), thought, user('why?')]});
  t.is(response.status, 200);
  t.false(JSON.stringify(upstream.requests[0]?.body).includes('secret'));
});

test('text parts are joined for the model without a separator', async t => {
  const {post, upstream} = await liveProxy(t);
  await post(geminiUnary.path, {contents: [user('foo', 'bar')]});
  t.true(JSON.stringify(upstream.requests[0]?.body.messages).includes('foobar'));
});

test('turns that the model’s template refuses are answered', async t => {
  const {post, upstream} = await liveProxy(t, {server: gemma});
  for (const contents of [
    [user('one'), user('two')],
    [model('Hello!'), user('hi')],
    [user('one'), model('a'), model('b'), user('two')],
  ]) {
    const response = await post(geminiUnary.path, {contents});
    t.is(response.status, 200, await response.text());
    const roles = upstream.requests.at(-1)?.body.messages.map(({role}: {role: string}) => role);
    t.deepEqual(roles, alternating(roles.length), 'the turns alternate, and a user begins');
  }
});

function alternating(length: number): readonly string[] {
  return Array.from({length}, (_, index) => (index % 2 === 0 ? 'user' : 'assistant'));
}

test('a bare enum is answered without quotes, unary and streamed, live and replayed', async t => {
  const {post} = await liveProxy(t, {script: answering(['"re', 'd"'])});
  const generationConfig = {
    responseMimeType: 'text/x.enum',
    responseSchema: {type: 'STRING', enum: ['red', 'green']},
  };
  for (const way of [geminiUnary, geminiStream, geminiUnary, geminiStream]) {
    const response = await post(way.path, {contents: [user('hi')], generationConfig});
    t.is(way.read(await response.text()).candidates[0]?.text, 'red');
  }
});

/** Answers each request with a different text. */
const numbering: Script = exchange => answering([`answer ${exchange.index}`])(exchange);

test('a server with one slot gives as many candidates as requested', async t => {
  const {post, upstream} = await liveProxy(t, {server: gemma, script: numbering});
  for (const way of [geminiUnary, openaiUnary, geminiStream, openaiStream]) {
    const response = await post(way.path, way.ask('hi', {candidates: 3}));
    const {candidates, tokens} = way.read(await response.text());
    t.deepEqual(
      candidates.map(({text, finish}) => [text, finish]),
      [
        ['answer 0', 'stop'],
        ['answer 1', 'stop'],
        ['answer 2', 'stop'],
      ],
    );
    t.deepEqual(tokens, {input: 7, output: 3});
  }
  t.is(upstream.requests.length, 3);
});

test('an unsupported field is refused by its name, and nothing is sent to the model', async t => {
  const {post, upstream} = await liveProxy(t);
  const refused: readonly (readonly [string, object, RegExp])[] = [
    [
      geminiUnary.path,
      {
        contents: [user('hi')],
        tools: [{googleSearch: {}}],
        toolConfig: {functionCallingConfig: {mode: 'ANY'}},
      },
      /tool_config|function/,
    ],
    [
      geminiUnary.path,
      {contents: [{parts: [{inlineData: {mimeType: 'image/png', data: 'aGk='}}]}]},
      /inline_?[dD]ata/,
    ],
    [
      geminiUnary.path,
      {contents: [{parts: [{fileData: {fileUri: 'file:///etc/passwd', mimeType: 'text/plain'}}]}]},
      /file_?[dD]ata/,
    ],
    [geminiUnary.path, {contents: [user('hi')], nonsense: 1}, /nonsense/],
    [
      openaiUnary.path,
      {...openaiUnary.ask('hi'), tools: [{type: 'computer', computer: {name: 'f'}}]},
      /'computer'/,
    ],
    [openaiUnary.path, {...openaiUnary.ask('hi'), modalities: ['audio']}, /modalities/],
    [
      openaiUnary.path,
      {model: 'm', messages: [{role: 'user', content: [{type: 'image_url', image_url: {url: 'data:,'}}]}]},
      /messages\[0\]\.content\[0\]/,
    ],
  ];
  for (const [path, body, field] of refused) {
    const response = await post(path, body);
    t.is(response.status, 400, JSON.stringify(body));
    t.regex(JSON.parse(await response.text()).error.message, field);
  }
  t.is(upstream.requests.length, 0);
});
