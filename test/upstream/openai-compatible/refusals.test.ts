import {Readable} from 'node:stream';
import test, {type ExecutionContext} from 'ava';
import Database from 'better-sqlite3';
import {createParser} from 'eventsource-parser';
import OpenAI from 'openai';
import {openStored} from '../../../src/cassette/stores/open-stored.js';
import {editAnswer} from '../../../src/operations/edit-answer.js';
import {exportCassette} from '../../../src/operations/export-cassette.js';
import {importCassette} from '../../../src/operations/import-cassette.js';
import {textOfCassette} from '../../../src/operations/print-cassette.js';
import {proxyOfDeltas} from './streaming-server.js';

const schema = {
  type: 'object',
  properties: {answer: {type: 'string'}},
  required: ['answer'],
  additionalProperties: false,
};
const format = {type: 'json_schema', name: 'answer', schema, strict: true} as const;

function refusing(t: ExecutionContext) {
  const pieces = ["I'm sorry, ", 'I cannot.'].map(refusal => ({refusal}));
  return proxyOfDeltas(t, 'strict', [{role: 'assistant', content: null, refusal: ''}, ...pieces], 'stop');
}

test('a refusal is no structured answer that does not fit, and parse() reports it as one', async t => {
  const {url} = await refusing(t);
  const client = new OpenAI({apiKey: 'k', baseURL: `${url}/v1`, maxRetries: 0});
  const request = {
    model: 'strict',
    messages: [{role: 'user' as const, content: 'Hi'}],
    response_format: {type: 'json_schema' as const, json_schema: {name: 'answer', schema, strict: true}},
  };
  for (const outcome of ['recorded', 'hit']) {
    const {data, response} = await client.chat.completions.create(request).withResponse();
    t.is(response.headers.get('x-retake'), outcome);
    t.is(response.headers.get('x-retake-warning'), null);
    t.like(data.choices[0], {
      message: {content: null, refusal: "I'm sorry, I cannot."},
      finish_reason: 'stop',
    });
  }
  const parsed = await client.chat.completions.parse(request);
  t.like(parsed.choices[0]?.message, {parsed: null, refusal: "I'm sorry, I cannot."});
});

test('a response streams a refusal with the events of the API', async t => {
  const {url} = await refusing(t);
  const ask = async () => {
    const response = await fetch(`${url}/v1/responses`, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify({model: 'strict', input: 'Hi', stream: true, text: {format}}),
    });
    const events: Record<string, unknown>[] = [];
    const parser = createParser({onEvent: ({data}) => events.push(JSON.parse(data))});
    parser.feed(await response.text());
    return events.map(({sequence_number: _number, response: _response, item_id: _id, ...event}) => event);
  };
  const at = {output_index: 0, content_index: 0};
  const whole = {type: 'refusal', refusal: "I'm sorry, I cannot."};
  const item = {type: 'message', role: 'assistant'};
  for (const events of [await ask(), await ask()]) {
    t.is(events.length, 10);
    t.like(events[2], {type: 'response.output_item.added', item: {...item, content: []}});
    t.deepEqual(events[3], {
      type: 'response.content_part.added',
      ...at,
      part: {type: 'refusal', refusal: ''},
    });
    t.deepEqual(events[4], {type: 'response.refusal.delta', ...at, delta: "I'm sorry, "});
    t.deepEqual(events[5], {type: 'response.refusal.delta', ...at, delta: 'I cannot.'});
    t.deepEqual(events[6], {type: 'response.refusal.done', ...at, refusal: whole.refusal});
    t.deepEqual(events[7], {type: 'response.content_part.done', ...at, part: whole});
    t.like(events[8], {
      type: 'response.output_item.done',
      item: {...item, status: 'completed', content: [whole]},
    });
  }
});

test('a recorded refusal is shown, exported, imported and edited as one', async t => {
  const {url, proxy, cassette} = await refusing(t);
  const client = new OpenAI({apiKey: 'k', baseURL: `${url}/v1`, maxRetries: 0});
  const ask = () =>
    client.chat.completions.create({model: 'strict', messages: [{role: 'user', content: 'Hi'}]});
  await ask();
  await proxy.close();
  t.is(new Database(cassette, {readonly: true}).pragma('user_version', {simple: true}), 3);
  t.regex(await joined(textOfCassette(cassette)), /^ +Refusal: I'm sorry, I cannot\.$/m);

  const lines = await joined(exportCassette(cassette));
  const copy = `${cassette.replace(/\.cassette$/, '')}-copy.cassette`;
  await importCassette({from: Readable.from([lines]), path: copy, replaces: false});
  t.is(await joined(exportCassette(copy)), lines);

  const file = await openStored(copy);
  const [stored] = file ? [...file.rows()] : [];
  file?.close();
  if (!stored) return t.fail('The refusal was not imported');
  const edit = ({text}: {readonly text: string}) =>
    Promise.resolve(text.replace("I'm sorry, I cannot.", 'No.'));
  t.like(await editAnswer({path: copy, key: stored.row.key, take: 1, edit}), {isChanged: true});
  t.true((await joined(exportCassette(copy))).includes('"refusal":true,"text":"No."'));
});

async function joined(lines: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const line of lines) text += line;
  return text;
}
