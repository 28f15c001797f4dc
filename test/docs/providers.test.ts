import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {providerServer, sendJson} from '../support/provider-server.js';
import {retake} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

/** The tests of a project, in one file. */
const tests = `
import OpenAI from ${JSON.stringify(import.meta.resolve('openai'))};
const openai = new OpenAI({maxRetries: 2});
const messages = [{role: 'user', content: 'Capital of France?'}];
const {choices} = await openai.chat.completions.create({model: 'gpt-4o', messages});
if (choices[0].message.content !== 'Paris') throw new Error('Expected Paris');
const {data} = await openai.images.generate({model: 'gpt-image-1', prompt: 'a cat'});
console.log(choices[0].message.content, data[0].b64_json);`;

/** Each command of the page, in its order. */
async function commands(): Promise<readonly string[]> {
  const page = await readFile(join(import.meta.dirname, '../../../docs/providers.md'), 'utf8');
  const blocks = [...page.matchAll(/^```(?:sh)?\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
  return blocks
    .flatMap(block => block.split('\n'))
    .flatMap(line => /^(?:\$ )?(retake .*)$/.exec(line)?.[1] ?? []);
}

test('the commands of the page about providers do what it says, one after the other', async t => {
  const directory = await temporaryFolder(t);
  await writeFile(join(directory, 'tests.mjs'), tests);
  await writeFile(join(directory, 'package.json'), JSON.stringify({scripts: {test: 'node tests.mjs'}}));
  const asked = {model: 'gpt-4o', messages: [{role: 'user', content: 'Capital of Spain?'}]};
  await writeFile(join(directory, 'request.json'), JSON.stringify(asked));
  const provider = await providerServer(t, ({url, headers}, response, index) => {
    if (headers.authorization !== 'Bearer sk-mine')
      return sendJson(response, {error: {message: 'Key?'}}, 401);
    if (url.includes('images')) return sendJson(response, {created: index, data: [{b64_json: 'AAAA'}]});
    return sendJson(response, {
      ...{id: `chatcmpl-${index}`, object: 'chat.completion', created: 1, model: 'gpt-4o-2024-08-06'},
      choices: [
        {index: 0, message: {role: 'assistant', content: 'Paris', refusal: null}, finish_reason: 'stop'},
      ],
      usage: {prompt_tokens: 12, completion_tokens: 3, total_tokens: 15},
    });
  });
  const environment = {
    OPENAI_API_KEY: 'sk-mine',
    RETAKE_UPSTREAM_OPENAI: `${provider.url}/v1`,
    PATH: process.env['PATH'] ?? '',
  };
  const seen: string[] = [];
  for (const command of await commands()) {
    const [, ...words] = command.split(' ');
    // A URL for one provider is an error where no provider is asked.
    const {RETAKE_UPSTREAM_OPENAI: _url, ...plain} = environment;
    const result = await retake(t, words, {
      directory,
      environment: command.includes('--upstream provider') ? environment : plain,
    });
    t.is(result.exitCode, 0, `${command}\n${result.stdout}${result.stderr}`);
    if (words[0] === 'run') t.regex(result.stdout, /Paris AAAA/, command);
    if (words.includes('replay')) t.regex(result.stderr, /2 requests: 2 replayed\n/);
    if (words.includes('--drift')) t.regex(result.stdout, /2 requests answered, 2 same/);
    if (words[0] === 'stub') t.regex(result.stdout, /written by hand, 1 take now/);
    seen.push(words[0] ?? '');
  }
  t.deepEqual(seen, ['run', 'run', 'run', 'stub', 'rerecord']);
});
