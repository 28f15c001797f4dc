import {join} from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import {Agent, request} from 'undici';
import {createProxy} from '../../src/proxy/create-proxy.js';
import {temporaryFolder} from '../support/temporary-folder.js';

/** How many requests: few here; set the variables for a long run, or to repeat one. A failure prints its seed. */
const count = Number(process.env['FUZZ_REQUESTS'] ?? 400);
const seed = process.env['FUZZ_SEED'] === undefined ? {} : {seed: Number(process.env['FUZZ_SEED'])};

const paths = [
  '/v1/chat/completions',
  '/v1/responses',
  '/v1/completions',
  '/v1/embeddings',
  '/v1/messages',
  '/v1/messages/count_tokens',
  '/v1/models',
  '/v1/files',
  '/v1beta/models/g:generateContent',
  '/v1beta/models/g:streamGenerateContent?alt=sse',
  '/v1beta/models/g:embedContent',
  '/v1beta/models/g:countTokens',
  '/v1beta/cachedContents',
  '/@a/v1/chat/completions',
  '/%00',
  '/v1//chat',
];

/** Members that requests of the three APIs have, with values that fit and values that do not. */
const value = fc.letrec(tie => ({
  any: fc.oneof(
    {maxDepth: 4},
    fc.constantFrom('user', 'assistant', 'tool', 'text', 'function', 'auto', 'm', 'Hi', ''),
    fc.constantFrom('data:image/png;base64,AAAA', 'data:,', 'http://[', 'x'.repeat(3000), '\0'),
    fc.constantFrom(null, true, false, 0, -1, 1, 0.1, 1e308),
    fc.array(tie('any'), {maxLength: 3}),
    fc.dictionary(
      fc.constantFrom(
        ...['model', 'messages', 'role', 'content', 'type', 'text', 'input', 'prompt', 'contents', 'parts'],
        ...['tools', 'tool_choice', 'name', 'parameters', 'input_schema', 'max_tokens', 'stop', 'stream'],
        ...['temperature', 'seed', 'n', 'response_format', 'generationConfig', 'systemInstruction'],
        ...[
          'image_url',
          'url',
          'inlineData',
          'functionCall',
          'tool_calls',
          'function',
          'arguments',
          'system',
        ],
      ),
      tie('any'),
      {maxKeys: 5},
    ),
  ),
})).any;

test('no request gets an error of ours with a status of 5xx', async t => {
  t.timeout(100_000 + 60 * count);
  const proxy = await createProxy({
    cassette: join(await temporaryFolder(t), 'a.cassette'),
    mode: 'replay',
    allowMissingCassettes: true,
  });
  t.teardown(() => proxy.close());
  const address = await proxy.listen();
  const dispatcher = new Agent();
  t.teardown(() => dispatcher.close());
  const chat = fc.record({model: fc.constant('m'), messages: fc.array(value, {maxLength: 3}), more: value});
  const body = fc.oneof(
    value.map(json => JSON.stringify(json)),
    chat.map(({more, ...rest}) => JSON.stringify({...Object(more), ...rest})),
    fc.string(),
  );
  const statuses: Record<number, number> = {};
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), body, async (path, text) => {
      const response = await request(`${address}${path}`, {
        method: 'POST',
        headers: {'content-type': 'application/json'},
        body: text,
        dispatcher,
      });
      const answer = await response.body.text();
      statuses[response.statusCode] = (statuses[response.statusCode] ?? 0) + 1;
      if (response.statusCode >= 500) throw new Error(`${response.statusCode}: ${answer}`);
    }),
    {numRuns: count, ...seed},
  );
  t.log('requests by status', statuses);
  t.pass();
});
