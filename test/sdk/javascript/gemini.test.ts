import {GoogleGenAI, Type} from '@google/genai';
import test from 'ava';
import {liveProxy} from '../../proxy/live-proxy.js';
import {answering, hanging} from '../../support/scripted-upstream.js';
import {geminiClient} from './clients.js';

const model = 'gemini-2.5-flash';
const asked = {model, contents: 'hi'};
const severalSlots = {props: {total_slots: 4, chat_template: '{{ messages }}'}};

test('an answer has every field of the client’s types', async t => {
  const {url} = await liveProxy(t, {
    script: answering(['Hello', ' there'], {finish: 'length', promptTokens: 5}),
  });
  const config = {responseLogprobs: true, logprobs: 1};
  const reply = await geminiClient(url).models.generateContent({...asked, config});
  t.is(reply.text, 'Hello there');
  t.is(reply.modelVersion, model);
  t.regex(reply.responseId ?? '', /^[0-9a-f]{24}$/);
  const [candidate] = reply.candidates ?? [];
  t.like(candidate, {finishReason: 'MAX_TOKENS', index: 0, content: {role: 'model'}});
  t.is(candidate?.avgLogprobs, -0.5);
  t.deepEqual(
    candidate?.logprobsResult?.chosenCandidates?.map(({token}) => token),
    ['Hello', ' there'],
  );
  t.is(candidate?.logprobsResult?.topCandidates?.length, 2);
  t.like(reply.usageMetadata, {promptTokenCount: 5, candidatesTokenCount: 2, totalTokenCount: 7});
});

test('every sampling parameter reaches the model, and so does the system instruction', async t => {
  const {url, upstream} = await liveProxy(t, {server: severalSlots});
  const reply = await geminiClient(url).models.generateContent({
    ...asked,
    config: {
      systemInstruction: 'Be brief.',
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      seed: 3,
      maxOutputTokens: 50,
      stopSequences: ['END'],
      presencePenalty: 0.25,
      frequencyPenalty: -0.5,
      candidateCount: 2,
    },
  });
  t.is(reply.candidates?.length, 2);
  const body = upstream.requests[0]?.body;
  t.like(body, {
    temperature: 0.5,
    top_p: 0.9,
    top_k: 40,
    seed: 3,
    stop: ['END'],
    presence_penalty: 0.25,
    frequency_penalty: -0.5,
    n: 2,
  });
  t.is(body.max_tokens ?? body.max_completion_tokens, 50);
  t.true(JSON.stringify(body.messages).includes('Be brief.'));
});

test('the pieces of a stream add up to the same answer, live and replayed', async t => {
  const {url} = await liveProxy(t);
  const client = geminiClient(url);
  const told: unknown[] = [];
  for (let asking = 0; asking < 3; asking++) {
    const pieces = [];
    for await (const piece of await client.models.generateContentStream(asked)) pieces.push(piece);
    t.is(pieces.map(piece => piece.text ?? '').join(''), 'You said: hi');
    t.is(pieces.at(-1)?.candidates?.[0]?.finishReason as string | undefined, 'STOP');
    told.push(
      pieces.map(({candidates, responseId, usageMetadata}) => ({candidates, responseId, usageMetadata})),
    );
  }
  t.deepEqual(told[1], told[0]);
  t.deepEqual(told[2], told[0]);
});

test('a chat keeps its history, streamed or not', async t => {
  const {url, upstream} = await liveProxy(t);
  const chat = geminiClient(url).chats.create({model, config: {systemInstruction: 'Be brief.'}});
  t.is((await chat.sendMessage({message: 'one'})).text, 'You said: one');
  let text = '';
  for await (const piece of await chat.sendMessageStream({message: 'two'})) text += piece.text ?? '';
  t.is(text, 'You said: two');
  t.is((await chat.sendMessage({message: 'three'})).text, 'You said: three');
  t.is(upstream.requests.length, 3);
});

test('structured output is requested, and its answer is JSON', async t => {
  const {url, upstream} = await liveProxy(t, {script: answering(['{"city":', '"Oslo"}'])});
  const client = geminiClient(url);
  const responseSchema = {type: Type.OBJECT, properties: {city: {type: Type.STRING}}, required: ['city']};
  const responseJsonSchema = {type: 'object', properties: {city: {type: 'string'}}, required: ['city']};
  for (const schema of [{responseSchema}, {responseJsonSchema}]) {
    const config = {responseMimeType: 'application/json', ...schema};
    const reply = await client.models.generateContent({...asked, config});
    t.deepEqual(JSON.parse(reply.text ?? ''), {city: 'Oslo'});
  }
  t.is(upstream.requests.length, 1);
  t.like(upstream.requests[0]?.body.response_format, {type: 'json_schema'});
});

test('a client that aborts cancels the upstream request', async t => {
  const {url, upstream} = await liveProxy(t, {script: hanging(['Hello', ' you']), finishTimeout: 300});
  const client = geminiClient(url);
  const leaving = [new AbortController(), new AbortController()];
  const config = (index: number) => {
    const abortSignal = leaving[index]?.signal;
    return abortSignal ? {abortSignal} : {};
  };
  await t.throwsAsync(
    async () => {
      for await (const piece of await client.models.generateContentStream({...asked, config: config(0)})) {
        if (piece.text) leaving[0]?.abort();
      }
    },
    {any: true},
  );
  await upstream.untilAborted(1);
  const reply = client.models.generateContent({...asked, config: config(1)});
  await upstream.untilAsked(2);
  leaving[1]?.abort();
  await t.throwsAsync(reply, {any: true});
  await upstream.untilAborted(2);
});

for (const apiVersion of ['v1', 'v1beta', 'v1alpha', '']) {
  test(`API version ${JSON.stringify(apiVersion)}`, async t => {
    const {url} = await liveProxy(t);
    const client = new GoogleGenAI({apiKey: 'placeholder', apiVersion, httpOptions: {baseUrl: url}});
    t.is((await client.models.generateContent(asked)).text, 'You said: hi');
  });
}

test('Vertex AI in express mode', async t => {
  const {url} = await liveProxy(t);
  const client = new GoogleGenAI({vertexai: true, apiKey: 'placeholder', httpOptions: {baseUrl: url}});
  t.is((await client.models.generateContent(asked)).text, 'You said: hi');
});

test('a base URL that names a cassette, or ends in a slash', async t => {
  const {url} = await liveProxy(t);
  for (const baseUrl of [`${url}/`, `${url}/@test`, `${url}/@test/`, `${url}/gemini`]) {
    const client = new GoogleGenAI({apiKey: 'placeholder', httpOptions: {baseUrl}});
    t.is((await client.models.generateContent(asked)).text, 'You said: hi', baseUrl);
  }
});
