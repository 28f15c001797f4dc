import {join} from 'node:path';
import test from 'ava';
import {importCassette} from '../../../src/operations/import-cassette.js';
import {anthropicClient, geminiClient, openaiClient} from '../../sdk/javascript/clients.js';
import {buildProxy} from '../../support/build-proxy.js';
import {interactionsIn} from '../../support/cassette-files.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

/** Recorded by vcrpy 9.4.2 with the SDKs of Python in test/sdk/python/vcr_cases.py, with aimock 1.43.0 in the place of the three hosts. */
const recordedByVcrpy = join('test', 'operations', 'import', 'recorded-by-vcrpy.yaml');

test('what vcrpy recorded is replayed strictly to the SDKs of JavaScript', async t => {
  const cassette = join(await temporaryFolder(t), 'a.cassette');
  const report = await importCassette({from: recordedByVcrpy, path: cassette, replaces: false});
  t.like(report, {format: 'VCR', interactions: 7, takes: 13, otherHosts: {}});
  t.is(report.imported.length, 13);
  t.is(report.leftOut.length, 1);
  t.like(report.leftOut[0], {
    place: 'interaction 14',
    what: 'POST https://api.openai.com/v1/chat/completions',
  });
  t.regex(report.leftOut[0]?.reasons[0] ?? '', /^HTTP 429/);

  const {url, proxy} = await buildProxy(t, {mode: 'replay', cassette});
  const openai = openaiClient(url);
  const ask = (content: string) => ({model: 'gpt-4o', messages: [{role: 'user' as const, content}]});
  const chat = await openai.chat.completions.create(ask('Capital of France?'));
  t.is(chat.id, 'chatcmpl-QiPuEy3DA-cP2xN8');
  t.is(chat.choices[0]?.message.content, 'Paris – 🗼');
  const jokes: unknown[] = [];
  for (let time = 0; time < 4; time++) {
    const joke = await openai.chat.completions.create(ask('Tell a joke'));
    jokes.push(joke.choices[0]?.message.content);
  }
  t.deepEqual(jokes, ['one', 'two', 'three', 'three']);
  const {results} = await openai.moderations.create({model: 'omni-moderation-latest', input: 'a'});
  t.is(results[0]?.flagged, false);
  const message = await anthropicClient(url).messages.create({
    ...{model: 'claude-sonnet-4-5', max_tokens: 50},
    messages: [{role: 'user', content: 'Capital of France?'}],
  });
  t.is(message.id, 'msg_GNVOGgYSTkh1q3Zy');
  const content = await geminiClient(url).models.generateContent({
    model: 'gemini-2.5-flash',
    contents: 'Capital of France?',
  });
  t.is(content.text, 'Paris – 🗼');
  t.like(await proxy.verdict(), {missed: 0, failed: 0});
});

test('the same file gives the same cassette, dated by the answers', async t => {
  const directory = await temporaryFolder(t);
  const [one, two] = [join(directory, 'a.cassette'), join(directory, 'b.cassette')];
  for (const path of [one, two]) await importCassette({from: recordedByVcrpy, path, replaces: false});
  const interactions = await interactionsIn(one);
  t.deepEqual(await interactionsIn(two), interactions);
  for (const {takes} of interactions)
    for (const {provenance} of takes) t.regex(new Date(provenance.recordedAt).toISOString(), /^2026-11-29T/);
});
