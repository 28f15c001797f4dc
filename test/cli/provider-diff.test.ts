import {copyFile} from 'node:fs/promises';
import {join} from 'node:path';
import {LLMock} from '@copilotkit/aimock';
import test, {type ExecutionContext} from 'ava';
import {buildProxy} from '../support/build-proxy.js';
import {providerServer, sendJson} from '../support/provider-server.js';
import {retake} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

/** Records the requests, each twice in cassettes of their own: the second time as `--mode record` does. */
async function recordTwice(
  t: ExecutionContext,
  {
    url,
    requests,
    between,
  }: {url: string; requests: readonly (readonly [string, object])[]; between?: () => void},
) {
  const upstream = {provider: true, gemini: url, openai: `${url}/v1`, anthropic: url} as const;
  const directory = await temporaryFolder(t);
  const [before, after] = [join(directory, 'before.cassette'), join(directory, 'after.cassette')];
  for (const cassette of [before, after]) {
    if (cassette === after) {
      await copyFile(before, after);
      between?.();
    }
    const {post, proxy} = await buildProxy(t, {mode: 'record', upstream, cassette});
    for (const [path, body] of requests) {
      const response = await post(path, body);
      await response.arrayBuffer();
      t.is(response.status, 200, path);
    }
    await proxy.close();
  }
  return (...words: readonly string[]) => retake(t, ['diff', before, after, ...words]);
}

const messages = [{role: 'user', content: 'Capital of France?'}];

/** Raw questions, and chats of which the bytes are stored. */
const requests: readonly (readonly [string, object])[] = [
  ['/v1/images/generations', {model: 'gpt-image-1', prompt: 'a cat'}],
  ['/v1/moderations', {model: 'omni-moderation-latest', input: 'a'}],
  ['/v1/chat/completions', {model: 'gpt-4o', messages}],
  ['/v1/chat/completions', {model: 'gpt-4o', messages: [{role: 'user', content: 'France?'}], stream: true}],
  [
    '/v1/chat/completions',
    {model: 'gpt-4o', messages, modalities: ['text', 'audio'], audio: {voice: 'alloy', format: 'wav'}},
  ],
  ['/v1/responses', {model: 'gpt-4o', input: 'Of France?', stream: true}],
  ['/v1/messages', {model: 'claude-sonnet-5-5', max_tokens: 10, messages}],
  ['/v1beta/models/gemini-2.5-flash:generateContent', {contents: [{parts: [{text: 'Capital of France?'}]}]}],
];

test('what aimock answers a second time, with other ids and times, is no change', async t => {
  const mock = new LLMock({port: 0, logLevel: 'silent'});
  mock
    .onMessage(/France/, {content: 'Paris'})
    .onImage(/cat/, {image: {b64Json: 'AAAA'}})
    .onModerate(/.*/, {flagged: false, categories: {violence: false}, category_scores: {violence: 0.01}});
  const url = await mock.start();
  t.teardown(() => mock.stop());
  const diff = await recordTwice(t, {url, requests});
  const {exitCode, stdout, stderr} = await diff();
  t.is(exitCode, 0, stdout + stderr);
  t.regex(stdout, /no answer changed/);
  t.regex(stdout, new RegExp(`${requests.length} identical`));
});

test('a real change is reported without new ids and times, in every format', async t => {
  let run = 1;
  const provider = await providerServer(t, ({url}, response, index) => {
    const stamp = {id: `modr-${index}`, created: 1_760_000_000 + index, system_fingerprint: `fp_${index}`};
    if (url.endsWith('files')) return sendJson(response, {...stamp, object: 'file', filename: 'a.jsonl'});
    sendJson(response, {...stamp, results: [{flagged: run === 2}]});
  });
  const diff = await recordTwice(t, {
    url: provider.url,
    requests: [
      ['/v1/moderations', {model: 'omni', input: 'a'}],
      ['/v1/files', {purpose: 'batch'}],
    ],
    between: () => run++,
  });
  const terminal = await diff();
  t.is(terminal.exitCode, 1);
  t.regex(terminal.stdout, /1 text, 1 identical/);
  t.regex(terminal.stdout, /- \/results\/0\/flagged: was false, now true/);
  t.regex(terminal.stdout, /"flagged": \[-false-\]\{\+true\+\}/);
  t.notRegex(terminal.stdout, /modr-|fp_|17600/);
  const {stdout: markdown} = await diff('--format', 'markdown');
  t.deepEqual(markdown.match(/^[+-] .*"(?:flagged|id|created|system_fingerprint)".*$/gm), [
    '-      "flagged": false',
    '+      "flagged": true',
  ]);
  const {stdout: page} = await diff('--format', 'html');
  t.regex(page, /<del>false<\/del>/);
  t.notRegex(page, /modr-/);
  const {stdout: json} = await diff('--json');
  const [change] = JSON.parse(json).cassettes[0].changes;
  t.deepEqual(
    change.findings.map(({sentence}: {sentence: string}) => sentence),
    ['/results/0/flagged: was false, now true'],
  );
  // A program gets the answers as they were recorded.
  t.regex(change.before.answers[0].raw, /modr-/);
});
