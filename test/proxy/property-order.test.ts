import {readFile} from 'node:fs/promises';
import {Readable} from 'node:stream';
import test from 'ava';
import {exportCassette} from '../../src/operations/export-cassette.js';
import {importCassette} from '../../src/operations/import-cassette.js';
import {verifyCassette} from '../../src/operations/verify-cassette.js';
import {buildProxy} from '../support/build-proxy.js';
import {type LiveProxy, liveProxy} from './live-proxy.js';

/** The text of a schema whose properties have these names, in this order. */
function schemaText(names: readonly string[]): string {
  const properties = names.map(name => `${JSON.stringify(name)}:{"type":"string"}`);
  return `{"type":"object","properties":{${properties.join(',')}}}`;
}

const geminiPath = '/v1beta/models/m:generateContent';
const hi = '"contents":[{"role":"user","parts":[{"text":"hi"}]}]';
const messages = '"messages":[{"role":"user","content":"hi"}]';

/** Where a request has a schema in which the order of properties matters. */
const places: Readonly<Record<string, (names: readonly string[]) => readonly [string, string]>> = {
  'structured output of OpenAI': names => [
    '/v1/chat/completions',
    `{"model":"m",${messages},"response_format":{"type":"json_schema","json_schema":{"name":"a","schema":${schemaText(names)}}}}`,
  ],
  'a tool of OpenAI': names => [
    '/v1/chat/completions',
    `{"model":"m",${messages},"tools":[{"type":"function","function":{"name":"f","parameters":${schemaText(names)}}}]}`,
  ],
  'a nested schema of OpenAI Responses': names => [
    '/v1/responses',
    `{"model":"m","input":"hi","text":{"format":{"type":"json_schema","name":"a","schema":{"type":"object","properties":{"years":{"type":"array","items":${schemaText(names)}}}}}}}`,
  ],
  'a tool of Anthropic': names => [
    '/v1/messages',
    `{"model":"m","max_tokens":9,${messages},"tools":[{"name":"f","input_schema":${schemaText(names)}}]}`,
  ],
  'responseSchema of Gemini': names => [
    geminiPath,
    `{${hi},"generationConfig":{"responseMimeType":"application/json","responseSchema":${schemaText(names)}}}`,
  ],
  'responseJsonSchema of Gemini': names => [
    geminiPath,
    `{${hi},"generationConfig":{"responseMimeType":"application/json","responseJsonSchema":${schemaText(names)}}}`,
  ],
  'propertyOrdering of Gemini': names => [
    geminiPath,
    `{${hi},"generationConfig":{"responseMimeType":"application/json","responseSchema":${schemaText(['1999', '2024', 'b']).replace('"properties"', `"propertyOrdering":${JSON.stringify(names)},"properties"`)}}}`,
  ],
  'a tool of Gemini': names => [
    geminiPath,
    `{${hi},"tools":[{"functionDeclarations":[{"name":"f","parameters":${schemaText(names)}}]}]}`,
  ],
};

const orders = [
  ['b', '2024', '1999'],
  ['b', '1999', '2024'],
  ['1999', '2024', 'b'],
  ['2024', 'b', '1999'],
];

/** A server that renders tools by itself, so that they reach it as they were written. */
const props = {
  model_path: '/models/scripted-model.gguf',
  build_info: 'b1-scripted',
  total_slots: 1,
  modalities: {vision: false, audio: false},
  chat_template: '{{ messages }}{{ tools }}',
  chat_template_caps: {supports_tools: true, supports_tool_calls: true, supports_system_role: true},
};

async function outcomeOf({post}: Pick<LiveProxy, 'post'>, [path, body]: readonly [string, string]) {
  const response = await post(path, body);
  const text = await response.text();
  return response.headers.get('x-retake') ?? text;
}

for (const [place, ask] of Object.entries(places)) {
  test(`names that look like integers keep their order in ${place}`, async t => {
    const live = await liveProxy(t, {server: {props}, keySettings: {ignore: ['uuid']}});
    for (const order of orders) t.is(await outcomeOf(live, ask(order)), 'recorded', order.join());
    for (const order of orders) t.is(await outcomeOf(live, ask(order)), 'hit', order.join());
    for (const [index, order] of orders.entries()) {
      const sent = live.upstream.requests[index]?.text ?? '';
      const names = [...sent.matchAll(/"(b|1999|2024)":/g)].map(([, name]) => name);
      t.deepEqual(names, order);
    }
    await live.proxy.close();
    t.deepEqual((await verifyCassette(live.cassette)).findings, []);
    const replay = await buildProxy(t, {mode: 'replay', cassette: live.cassette});
    for (const order of orders) t.is(await outcomeOf(replay, ask(order)), 'hit', order.join());
    t.is(await outcomeOf(replay, ask(['1999', 'b', '2024'])), 'miss');

    const path = `${live.cassette}.copy.cassette`;
    await importCassette({from: Readable.from(exportCassette(live.cassette)), path, replaces: false});
    t.true((await readFile(path)).equals(await readFile(live.cassette)));
  });
}
