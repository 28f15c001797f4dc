import {Readable} from 'node:stream';
import Anthropic from '@anthropic-ai/sdk';
import {GoogleGenAI} from '@google/genai';
import test, {type ExecutionContext} from 'ava';
import {answerOf} from '../../../src/cassette/compare/answer.js';
import {compareAnswers} from '../../../src/cassette/compare/compare-answers.js';
import {defaultTokenTolerance} from '../../../src/cassette/compare/compare-usage.js';
import {answerDigest} from '../../../src/cassette/rows/answer-digest.js';
import {readInteraction} from '../../../src/cassette/rows/interaction-row.js';
import {openStored} from '../../../src/cassette/stores/open-stored.js';
import type {Take} from '../../../src/cassette/take.js';
import {editAnswer} from '../../../src/operations/edit-answer.js';
import {exportCassette} from '../../../src/operations/export-cassette.js';
import {importCassette} from '../../../src/operations/import-cassette.js';
import {textOfCassette} from '../../../src/operations/print-cassette.js';
import {takeOf} from '../../support/recordings.js';
import {proxyOfDeltas} from './streaming-server.js';

const called = {index: 0, id: 'a', type: 'function', function: {name: 'f', arguments: '{"x":"one"}'}};
const parameters = {type: 'object' as const, properties: {x: {type: 'string'}}};

function callingFirst(t: ExecutionContext) {
  const deltas = [{role: 'assistant', tool_calls: [called]}, {content: 'Done.'}];
  return proxyOfDeltas(t, 'shapes', deltas, 'tool_calls');
}

test('Anthropic and Gemini clients can send back text that follows a call', async t => {
  const {url} = await callingFirst(t);
  const anthropic = new Anthropic({apiKey: 'k', baseURL: url, maxRetries: 0});
  const ask = (messages: Anthropic.MessageParam[]) =>
    anthropic.messages.create({
      model: 'shapes',
      max_tokens: 100,
      messages,
      tools: [{name: 'f', input_schema: parameters}],
    });
  const {content} = await ask([{role: 'user', content: 'Hi'}]);
  t.deepEqual(
    content.map(({type}) => type),
    ['tool_use', 'text'],
  );
  const [call] = content;
  if (call?.type !== 'tool_use') return t.fail();
  const result = {type: 'tool_result' as const, tool_use_id: call.id, content: '1'};
  const again = await ask([
    {role: 'user', content: 'Hi'},
    {role: 'assistant', content},
    {role: 'user', content: [result]},
  ]);
  t.is(again.content.length, 2);

  const gemini = new GoogleGenAI({apiKey: 'k', httpOptions: {baseUrl: url}});
  const config = {tools: [{functionDeclarations: [{name: 'f', parametersJsonSchema: parameters}]}]};
  const user = {role: 'user', parts: [{text: 'Hi'}]};
  const {candidates} = await gemini.models.generateContent({model: 'shapes', contents: [user], config});
  const said = candidates?.[0]?.content;
  if (!said) return t.fail();
  t.deepEqual(
    said.parts?.map(part => Object.keys(part).includes('functionCall')),
    [true, false],
  );
  const answer = {role: 'user', parts: [{functionResponse: {name: 'f', response: {y: 1}}}]};
  const contents = [user, said, answer];
  t.truthy((await gemini.models.generateContent({model: 'shapes', contents, config})).functionCalls);
});

test('the order of parts survives reading, export, import and editing', async t => {
  const {proxy, cassette, post} = await callingFirst(t);
  const tools = [{type: 'function', function: {name: 'f', parameters}}];
  await post('/v1/chat/completions', {model: 'shapes', messages: [{role: 'user', content: 'Hi'}], tools});
  await proxy.close();
  t.regex(await joined(textOfCassette(cassette)), /f\(\{"x":"one"\}\)\n\s*\n?\s*Done\./);
  const copy = `${cassette.replace(/\.cassette$/, '')}-copy.cassette`;
  const lines = await joined(exportCassette(cassette));
  await importCassette({from: Readable.from([lines]), path: copy, replaces: false});
  t.is(await joined(exportCassette(copy)), lines);

  const file = await openStored(copy);
  const [stored] = file ? [...file.rows()] : [];
  file?.close();
  if (!stored) return t.fail('The answer was not imported');
  const edit = ({text}: {readonly text: string}) => Promise.resolve(text.replace('Done.', 'Finished.'));
  await editAnswer({path: copy, key: stored.row.key, take: 1, edit});
  const changed = await openStored(copy);
  const [row] = changed ? [...changed.rows()] : [];
  changed?.close();
  const [take] = row ? readInteraction(copy, row.row).takes : [];
  if (!take) return t.fail('The answer is gone');
  t.deepEqual(answerOf(take).candidates[0]?.parts, [
    {type: 'call', call: 0},
    {type: 'text', text: 'Finished.'},
  ]);
});

test('answers that differ in the order of their parts are different answers', t => {
  const [start, text, end] = takeOf(['Done.']).chunks;
  const call = [
    {at: 0, chunk: {type: 'tool-call-start', candidate: 0, call: 0, name: 'f'}},
    {at: 0, chunk: {type: 'tool-call-delta', candidate: 0, call: 0, text: '{}'}},
  ] as const;
  if (!text || !end) return t.fail();
  const before: Take = {...takeOf(['Done.']), chunks: [start, text, ...call, end]};
  const after: Take = {...takeOf(['Done.']), chunks: [start, ...call, text, end]};
  t.not(answerDigest(before), answerDigest(after));
  const findings = compareAnswers(answerOf(before), answerOf(after), {
    tokens: defaultTokenTolerance,
  });
  t.deepEqual(findings, [{verdict: 'shape', sentence: 'told in the order text, call, now call, text'}]);
});

async function joined(lines: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const line of lines) text += line;
  return text;
}
