import test from 'ava';
import {buildProxy} from '../../support/build-proxy.js';
import {answering, scriptedProps, scriptedUpstream} from '../../support/scripted-upstream.js';

const schema = {
  type: 'object',
  properties: {age: {type: 'integer'}},
  required: ['age'],
  additionalProperties: false,
};
const ofSchema = {type: 'json_schema', json_schema: {name: 'a', schema}};

const warns = test.macro({
  title: (_, what: string) => `structured output of another server: ${what}`,
  async exec(
    t,
    _what: string,
    {answer, format = ofSchema, finish = 'stop'}: {answer: string; format?: object; finish?: string},
    warning: string | null,
  ) {
    const upstream = await scriptedUpstream(t, answering([answer], {finish}), {props: null});
    const {post} = await buildProxy(t, {upstream: {url: upstream.url}});
    const body = {model: 'm', messages: [{role: 'user', content: 'Hi'}], response_format: format};
    for (const outcome of ['recorded', 'hit', 'hit']) {
      const response = await post('/v1/chat/completions', body);
      t.is(response.headers.get('x-retake'), outcome);
      t.is(response.headers.get('x-retake-warning'), warning);
      t.like(await response.json(), {choices: [{message: {content: answer}}]});
    }
  },
});

const misfit = 'The answer does not fit the JSON schema of the request.';
test(warns, 'one that fits', {answer: '{"age":3}'}, null);
test(warns, 'another type', {answer: '{"age":"3"}'}, misfit);
test(warns, 'a property that is not allowed', {answer: '{"age":3,"b":1}'}, misfit);
test(warns, 'no JSON', {answer: 'Three.'}, 'The answer is not JSON, which the request asks for.');
test(
  warns,
  'a list',
  {answer: '[]', format: {type: 'json_object'}},
  'The answer is not a JSON object, which the request asks for.',
);
test(warns, 'an answer that is cut off', {answer: '{"ag', finish: 'length'}, null);

test('the answer of a llama-server is checked, too: its grammars leave some keywords out', async t => {
  const upstream = await scriptedUpstream(t, answering(['Three.']), {props: scriptedProps});
  const {post} = await buildProxy(t, {upstream: {url: upstream.url}});
  const body = {model: 'm', messages: [{role: 'user', content: 'Hi'}], response_format: ofSchema};
  t.is(
    (await post('/v1/chat/completions', body)).headers.get('x-retake-warning'),
    'The answer is not JSON, which the request asks for.',
  );
});

test('one of several words that the answer is not', async t => {
  const upstream = await scriptedUpstream(t, answering(['"Wood"']), {props: null});
  const {post} = await buildProxy(t, {upstream: {url: upstream.url}});
  const response = await post('/v1beta/models/m:generateContent', {
    contents: [{role: 'user', parts: [{text: 'Which?'}]}],
    generationConfig: {
      responseMimeType: 'text/x.enum',
      responseSchema: {type: 'STRING', enum: ['Brass', 'String']},
    },
  });
  t.is(response.headers.get('x-retake-warning'), 'The answer is none of the words that the request allows.');
});
