import test from 'ava';
import type {AnswerChunk} from '../../../src/chat/chunk.js';
import type {JsonObject, JsonValue} from '../../../src/chat/json.js';
import {ask, identity, refusalOf, streamOf} from './ask.js';

const endpoint = 'countTokens';
const hi: JsonObject = {contents: [{role: 'user', parts: [{text: 'Hi'}]}]};
const path = '/v1/projects/p/locations/l/publishers/google/models/m:countTokens';
const count = (body: JsonValue) => ask(body, {endpoint, path}).request;
const refusal = (body: JsonValue) => refusalOf(body, {endpoint, path});

const everything: JsonObject = {
  ...hi,
  systemInstruction: {parts: [{text: 'Be brief.'}]},
  tools: [{functionDeclarations: [{name: 'f'}]}],
  toolConfig: {functionCallingConfig: {mode: 'ANY'}},
};

test('a prompt alone and the same prompt in a complete request have the same token count', t => {
  t.deepEqual(count(hi), {
    operation: 'count-tokens',
    turns: [{role: 'user', parts: [{type: 'text', text: 'Hi'}]}],
  });
  t.deepEqual(count({generateContentRequest: {model: 'models/m', ...hi}}), count(hi));
  t.deepEqual(count({generate_content_request: hi}), count(hi));
});

test('everything that costs tokens is counted', t => {
  t.like(count({generateContentRequest: everything}), {
    turns: [{role: 'system'}, {role: 'user'}],
    tools: [{name: 'f'}],
    toolChoice: {type: 'required'},
  });
  t.deepEqual(count(everything), count({generateContentRequest: everything}));
});

test('the Developer API has nothing beside the contents', t => {
  const fields = ['systemInstruction', 'tools', 'toolConfig', 'system_instruction', 'generationConfig'];
  for (const field of fields) {
    t.is(
      refusalOf({...hi, [field]: {}}, {endpoint, path: '/v1beta/models/m:countTokens'}).message,
      `Invalid JSON payload received. Unknown name "${field}": Cannot find field.`,
    );
  }
});

test('sampling settings are checked, and cost no tokens', t => {
  t.deepEqual(count({...hi, generationConfig: {temperature: 1, maxOutputTokens: 5}}), count(hi));
  t.regex(
    refusal({...hi, generationConfig: {temperature: 3}}).message,
    /^\* CountTokensRequest\.generation_config\.temperature: /,
  );
});

test('an error names its place in this request', t => {
  const both = refusal({...hi, generateContentRequest: hi});
  t.is(both.field, 'generate_content_request');
  const empty = refusal({generateContentRequest: {contents: []}});
  t.is(empty.field, 'generate_content_request.contents');
  t.is(empty.message, '* CountTokensRequest.generate_content_request.contents: contents is not specified\n');
  t.is(refusal({}).message, '* CountTokensRequest.contents: contents is not specified\n');
  t.regex(refusal({...hi, generateContentReqest: {}}).message, /Unknown name "generateContentReqest"/);
});

test('a token count names its modality if the request is text only', async t => {
  const chunks: readonly AnswerChunk[] = [
    {type: 'reply-start', answeredBy: {model: 'm'}},
    {type: 'token-count', tokens: 12},
    {type: 'reply-end', finish: [{unified: 'stop', raw: 'stop'}]},
  ];
  const told = async (body: JsonValue) => {
    const {answer} = ask(body, {endpoint});
    if (answer.delivery !== 'unary') throw new Error('Expected an answer in one piece');
    return JSON.parse(await answer.encode(streamOf(chunks), identity));
  };
  t.deepEqual(await told(hi), {
    totalTokens: 12,
    promptTokensDetails: [{modality: 'TEXT', tokenCount: 12}],
  });
  const picture = {inlineData: {mimeType: 'image/png', data: 'aGk='}};
  t.deepEqual(await told({contents: [{parts: [{text: 'What is it?'}, picture]}]}), {totalTokens: 12});
});
