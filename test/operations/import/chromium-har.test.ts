import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {LLMock} from '@copilotkit/aimock';
import test from 'ava';
import {importCassette} from '../../../src/operations/import-cassette.js';
import {openBrowser} from '../../support/browser.js';
import {buildProxy} from '../../support/build-proxy.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

const messages = [{role: 'user', content: 'Capital of France?'}];
const asked = [
  ['https://api.openai.com/v1/chat/completions', {model: 'gpt-4o', messages}],
  ['https://api.openai.com/v1/chat/completions', {model: 'gpt-4o', messages, stream: true}],
  [
    'https://api.anthropic.com/v1/messages',
    {model: 'claude-sonnet-5-5', max_tokens: 9, messages, stream: true},
  ],
  [
    'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse&key=k-of-mine',
    {contents: [{role: 'user', parts: [{text: 'Capital of France?'}]}]},
  ],
  ['https://telemetry.example/collect', {event: 'click'}],
] as const;

for (const content of ['embed', 'attach'] as const) {
  test(`a HAR of Chromium with its bodies ${content === 'embed' ? 'inside' : 'beside it'} is replayed byte for byte`, async t => {
    t.timeout(120_000);
    const mock = new LLMock({port: 0, logLevel: 'silent'});
    mock.onMessage(/France/, {content: 'Paris – 🗼'});
    const provider = await mock.start();
    t.teardown(() => mock.stop());
    const directory = await temporaryFolder(t);
    const har = join(directory, 'recorded.har');
    const context = await (await openBrowser()).newContext({recordHar: {path: har, content}});
    t.teardown(() => context.close());
    // The real hosts, of which only the answers come from elsewhere.
    await context.route(/^https:/, async route => {
      const {pathname, search, host} = new URL(route.request().url());
      const headers = {'access-control-allow-origin': '*', 'access-control-allow-headers': '*'};
      if (!asked.slice(0, 4).some(([url]) => new URL(url).host === host))
        return route.fulfill({status: 200, headers, body: '{}'});
      const response = await route.fetch({url: `${provider}${pathname}${search}`});
      await route.fulfill({response, headers: {...response.headers(), ...headers}});
    });
    const page = await context.newPage();
    const seen: string[] = [];
    for (const [url, body] of asked) {
      const text = await page.evaluate(
        ([target, json]) =>
          fetch(target, {
            method: 'POST',
            headers: {'content-type': 'application/json', authorization: 'Bearer sk-of-mine'},
            body: json,
          }).then(response => response.text()),
        [url, JSON.stringify(body)] as const,
      );
      seen.push(text);
    }
    await context.close();

    const cassette = join(directory, 'a.cassette');
    const report = await importCassette({from: har, path: cassette, replaces: false});
    t.deepEqual(report.leftOut, []);
    t.is(report.imported.length, 4);
    t.deepEqual(report.otherHosts, {'telemetry.example': 1});
    t.false((await readFile(cassette)).includes('of-mine'));

    const {post} = await buildProxy(t, {mode: 'replay', cassette});
    for (const [index, [url, body]] of asked.slice(0, 4).entries()) {
      const {pathname, search} = new URL(url);
      const replayed = await post(`${pathname}${search}`, body);
      t.is(replayed.headers.get('x-retake'), 'hit');
      t.is(await replayed.text(), seen[index] ?? '');
    }
  });
}
