import {readFile} from 'node:fs/promises';
import test, {type ExecutionContext} from 'ava';
import sharp from 'sharp';
import {buildProxy} from '../support/build-proxy.js';
import {buildPdf, textPage} from '../support/documents/build-pdf.js';
import {
  type ProvidedRequest,
  type ProviderScript,
  providerServer,
  sendJson,
} from '../support/provider-server.js';
import {retake} from '../support/retake.js';
import {ends, says, scriptedModel} from '../support/scripted-model.js';

const parameters = {type: 'object', properties: {city: {type: 'string'}}, required: ['city']};

/** Chats through each API, with all that retake writes again. */
const chats: readonly (readonly [string, object])[] = [
  ['/v1/chat/completions', {model: 'gpt', messages: [{role: 'user', content: 'Plain?'}], stream: true}],
  [
    '/v1/chat/completions',
    {
      model: 'gpt',
      messages: [
        {role: 'system', content: 'Be brief.'},
        {
          role: 'user',
          content: [
            {type: 'text', text: 'Weather in'},
            {type: 'text', text: 'Oslo?'},
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            {id: 'a', type: 'function', function: {name: 'weather', arguments: '{"city":"Oslo"}'}},
          ],
        },
        {role: 'tool', tool_call_id: 'a', content: 'snow'},
      ],
      tools: [{type: 'function', function: {name: 'weather', description: 'Weather', parameters}}],
      tool_choice: 'auto',
      ...{temperature: 0.5, top_p: 0.9, seed: 7, stop: ['x'], max_tokens: 20, presence_penalty: 1},
      response_format: {type: 'json_schema', json_schema: {name: 'a', schema: parameters, strict: true}},
    },
  ],
  ['/v1/responses', {model: 'gpt', instructions: 'Be brief.', input: 'A response?'}],
  [
    '/v1/messages',
    {
      ...{model: 'claude', max_tokens: 20, system: 'Be brief.', temperature: 0.5, stop_sequences: ['x']},
      messages: [
        {role: 'user', content: 'Weather in Rome?'},
        {role: 'assistant', content: [{type: 'tool_use', id: 'b', name: 'weather', input: {city: 'Rome'}}]},
        {role: 'user', content: [{type: 'tool_result', tool_use_id: 'b', content: 'sun'}]},
      ],
      tools: [{name: 'weather', input_schema: parameters}],
      tool_choice: {type: 'auto', disable_parallel_tool_use: true},
    },
  ],
  [
    '/v1beta/models/gemini:generateContent',
    {
      systemInstruction: {parts: [{text: 'Be brief.'}]},
      contents: [
        {role: 'user', parts: [{text: 'Weather in Bonn?'}]},
        {role: 'model', parts: [{functionCall: {name: 'weather', args: {city: 'Bonn'}}}]},
        {role: 'user', parts: [{functionResponse: {name: 'weather', response: {sky: 'rain'}}}]},
      ],
      tools: [{functionDeclarations: [{name: 'weather', parametersJsonSchema: parameters}]}],
      toolConfig: {functionCallingConfig: {mode: 'AUTO'}},
      generationConfig: {temperature: 0.5, topK: 3, maxOutputTokens: 20, stopSequences: ['x']},
    },
  ],
];

/** retake itself as the provider of the chats, and a script for everything else. */
async function recorded(
  t: ExecutionContext,
  asked: readonly (readonly [string, object | string])[],
  raw: ProviderScript,
  media: {readonly originals?: boolean} = {},
) {
  let answer = 'Hello';
  const {upstream: model} = scriptedModel(() => [says(answer), ends()]);
  const behind = await buildProxy(t, {mode: 'passthrough', upstream: model});
  let refuse: string | undefined;
  const provider = await providerServer(t, async (request, response, index) => {
    const {url, method, headers, body} = request;
    if (refuse !== undefined && url.includes(refuse))
      return sendJson(response, {error: {message: 'Model is retired'}}, 404);
    if (!isChat(request)) return raw(request, response, index);
    const passed = await fetch(behind.url + url, {
      ...{method, body},
      headers: {'content-type': String(headers['content-type'])},
    });
    response.writeHead(passed.status, {'content-type': passed.headers.get('content-type') ?? ''});
    response.end(Buffer.from(await passed.arrayBuffer()));
  });
  const {url} = provider;
  const upstream = {provider: true, gemini: url, openai: `${url}/v1`, anthropic: url} as const;
  const {post, proxy, cassette} = await buildProxy(t, {mode: 'auto', upstream, media});
  for (const [path, body] of asked) t.is((await post(path, body)).status, 200, path);
  await proxy.close();
  const before = provider.requests.length;
  const environment = {RETAKE_OPENAI_API_KEY: 'own', ANTHROPIC_API_KEY: 'sdk', GEMINI_API_KEY: 'sdk'};
  const drift = (words: readonly string[] = [], keys: Readonly<Record<string, string>> = environment) =>
    retake(
      t,
      [
        ...['rerecord', cassette, '--drift', '--upstream', 'provider', '--upstream-gemini', url],
        ...['--upstream-openai', `${url}/v1`, '--upstream-anthropic', url, ...words],
      ],
      {environment: keys},
    );
  return {
    drift,
    cassette,
    sent: (): readonly ProvidedRequest[] => provider.requests.slice(before),
    say(text: string) {
      answer = text;
    },
    retire(path: string) {
      refuse = path;
    },
  };
}

function isChat({url}: ProvidedRequest): boolean {
  return /chat\/completions|responses$|messages$|generateContent/.test(url);
}

const never: ProviderScript = (_request, response) => sendJson(response, {error: {message: 'no'}}, 500);

test('chats of every API are sent again, and compared', async t => {
  const {drift, sent, cassette, say} = await recorded(t, chats, never);
  const file = await readFile(cassette);
  const same = await drift();
  t.is(same.exitCode, 0, same.stdout + same.stderr);
  t.is(same.exitCode, 0);
  t.regex(same.stdout, /: 5 requests answered, 5 same\n/);
  t.deepEqual(
    sent()
      .map(({url, headers}) => [
        url.split('?')[0],
        headers.authorization ?? headers['x-api-key'] ?? headers['x-goog-api-key'],
      ])
      .sort(),
    [
      ['/v1/chat/completions', 'Bearer own'],
      ['/v1/chat/completions', 'Bearer own'],
      ['/v1/chat/completions', 'Bearer own'],
      ['/v1/messages', 'sdk'],
      ['/v1beta/models/gemini:generateContent', 'sdk'],
    ],
  );
  say('Bye');
  const changed = await drift(['--json']);
  t.is(changed.exitCode, 1);
  const [report] = JSON.parse(changed.stdout).cassettes;
  t.like(report, {asked: 5, same: 0, skipped: [], failed: []});
  t.deepEqual(new Set(report.changes.map(({verdict}: {verdict: string}) => verdict)), new Set(['text']));
  const accepted = await drift(['--fail-on', 'error,finish,tool-call,shape']);
  t.is(accepted.exitCode, 0);
  t.regex(accepted.stdout, /: 5 requests answered, 0 same, 5 text\n/);
  t.regex(accepted.stdout, /gpt: \d+ input tokens, \d+ output tokens/);
  t.deepEqual(await readFile(cassette), file);
});

test('raw questions that only ask are sent again, and others are named', async t => {
  let flagged = false;
  const {drift, sent} = await recorded(
    t,
    [
      ['/v1/moderations', {model: 'omni', input: 'a'}],
      ['/v1/images/generations', {model: 'img', prompt: 'a cat'}],
      ['/v1/batches', {input_file_id: 'f'}],
      ['/v1/audio/transcriptions', 'the parts of a form'],
      ['/v1/images/generations', {model: 'img', prompt: 'b', image: 'A'.repeat(5000)}],
    ],
    ({url}, response, index) =>
      url.includes('moderations')
        ? sendJson(response, {id: `m${index}`, results: [{flagged}]})
        : sendJson(response, {created: index, data: [{b64_json: 'AAAA'}]}),
  );
  const same = await drift();
  t.is(same.exitCode, 0, same.stdout + same.stderr);
  t.regex(same.stdout, /: 2 requests answered, 2 same, 3 skipped\n/);
  t.regex(
    same.stdout,
    /POST \/v1\/batches.*\n {4}- it creates, changes or reads what is stored at the provider/,
  );
  t.regex(same.stdout, /POST \/v1\/audio\/transcriptions.*\n {4}- its body is stored as digests/);
  t.regex(same.stdout, /a part of its body is stored as a digest/);
  t.deepEqual(
    sent()
      .map(({url}) => url)
      .sort(),
    ['/v1/images/generations', '/v1/moderations'],
  );
  flagged = true;
  const changed = await drift();
  t.is(changed.exitCode, 1);
  t.regex(changed.stdout, /1 same, 1 text/);
  t.regex(changed.stdout, /\/results\/0\/flagged: was false, now true/);
});

test('a retired model is an error of the report, and exits with 1', async t => {
  const {drift, retire} = await recorded(t, chats.slice(0, 1), never);
  retire('chat/completions');
  const {exitCode, stdout} = await drift(['--fail-on', 'none']);
  t.is(exitCode, 1);
  t.regex(stdout, /0 requests answered, 0 same, 1 failed\n/);
  t.regex(stdout, /answered HTTP 404 to POST \/v1\/chat\/completions: Model is retired/);
});

test('a missing key is named before anything is sent', async t => {
  const {drift, sent} = await recorded(t, chats.slice(0, 1), never);
  const {exitCode, stderr} = await drift([], {ANTHROPIC_API_KEY: 'x'});
  t.is(exitCode, 2);
  t.regex(stderr, /RETAKE_OPENAI_API_KEY or OPENAI_API_KEY is not set/);
  t.is(sent().length, 0);
});

test('what is redacted is skipped, and the limit of tokens ends the run', async t => {
  const secret = `sk-proj-${'a1B2c3D4'.repeat(6)}`;
  const asked = ['a', 'b', 'c', secret].map(
    content => ['/v1/chat/completions', {model: 'gpt', messages: [{role: 'user', content}]}] as const,
  );
  const {drift, sent} = await recorded(t, asked, never);
  const {stdout} = await drift(['--max-tokens-spent', '5', '--upstream-concurrency', '1']);
  t.regex(stdout, /something in it was redacted or masked/);
  t.is(stdout.match(/not sent: \d+ tokens were spent, and the limit is 5/g)?.length, 2);
  t.is(sent().length, 1);
});

test('embeddings are compared by their direction, and token counts by their number', async t => {
  let direction = 1;
  let tokens = 12;
  const counts = {
    '/v1/messages/count_tokens': {
      model: 'claude',
      system: 'Be brief.',
      messages: [{role: 'user', content: 'How many?'}],
      tools: [{name: 'weather', input_schema: parameters}],
    },
    '/v1beta/models/gemini:countTokens': {contents: [{parts: [{text: 'How many?'}]}]},
    '/v1/responses/input_tokens': {model: 'gpt', input: 'How many tokens?'},
  };
  const embeddings = {
    '/v1/embeddings': {model: 'emb', input: ['one', 'two'], dimensions: 2, encoding_format: 'base64'},
    '/v1beta/models/emb:embedContent': {content: {parts: [{text: 'one'}]}, taskType: 'RETRIEVAL_QUERY'},
    '/v1beta/models/emb:batchEmbedContents': {
      requests: ['two', 'three'].map(text => ({
        model: 'models/emb',
        content: {parts: [{text}]},
        outputDimensionality: 2,
      })),
    },
  };
  const {drift, sent} = await recorded(
    t,
    Object.entries({...embeddings, ...counts}),
    ({url, body}, response) => {
      const vector = [1, direction - 1];
      const asked = JSON.parse(String(body));
      if (url.includes('countTokens')) return sendJson(response, {totalTokens: tokens});
      if (url.includes('_tokens'))
        return sendJson(response, {object: 'response.input_tokens', input_tokens: tokens});
      if (url.includes('batchEmbed'))
        return sendJson(response, {embeddings: asked.requests.map(() => ({values: vector}))});
      if (url.includes('embedContent')) return sendJson(response, {embedding: {values: vector}});
      const base64 = Buffer.from(new Float32Array(vector).buffer).toString('base64');
      const data = asked.input.map((_: string, index: number) => ({
        ...{object: 'embedding', index},
        embedding: asked.encoding_format === 'base64' ? base64 : vector,
      }));
      return sendJson(response, {
        object: 'list',
        data,
        model: 'emb',
        usage: {prompt_tokens: 2, total_tokens: 2},
      });
    },
  );
  const same = await drift();
  t.is(same.exitCode, 0, same.stdout + same.stderr);
  t.regex(same.stdout, /: 6 requests answered, 6 same\n/);
  t.regex(same.stdout, /lowest cosine similarity of embeddings: 1\.0000\n/);
  t.is(sent().length, 6);
  // The numbers differ, and not the direction.
  direction = 1.01;
  const alike = await drift();
  t.regex(alike.stdout, /: 6 requests answered, 6 same\n/);
  t.regex(alike.stdout, /lowest cosine similarity of embeddings: 0\.9999|1\.0000\n/);
  direction = 1.5;
  tokens = 13;
  const changed = await drift();
  t.is(changed.exitCode, 1);
  t.regex(changed.stdout, /: 6 requests answered, 0 same, 6 text\n/);
  t.regex(changed.stdout, /embedding 2: the cosine similarity is 0\.8944\n/);
  t.regex(changed.stdout, /counted 12 tokens, now 13\n/);
  t.regex(changed.stdout, /lowest cosine similarity of embeddings: 0\.8944\n/);
});

for (const originals of [true, false]) {
  test(`images and documents are ${originals ? 'sent again as they were attached' : 'skipped if they are not stored in full'}`, async t => {
    const image = await sharp({create: {width: 9, height: 9, channels: 3, background: 'teal'}})
      .png()
      .toBuffer();
    const pdf = await buildPdf({pages: [textPage('one'), textPage('two')]});
    const [png, document] = [image, Buffer.from(pdf)].map(bytes => bytes.toString('base64'));
    const asked: readonly (readonly [string, object])[] = [
      [
        '/v1/chat/completions',
        {
          model: 'gpt',
          messages: [
            {
              role: 'user',
              content: [
                {type: 'text', text: 'What?'},
                {type: 'image_url', image_url: {url: `data:image/png;base64,${png}`}},
                {
                  type: 'file',
                  file: {filename: 'a.pdf', file_data: `data:application/pdf;base64,${document}`},
                },
              ],
            },
          ],
        },
      ],
      [
        '/v1/messages',
        {
          model: 'claude',
          max_tokens: 9,
          messages: [
            {
              role: 'user',
              content: [
                {type: 'image', source: {type: 'base64', media_type: 'image/png', data: png}},
                {type: 'document', source: {type: 'base64', media_type: 'application/pdf', data: document}},
              ],
            },
          ],
        },
      ],
      [
        '/v1beta/models/gemini:generateContent',
        {contents: [{parts: [{text: 'What?'}, {inlineData: {mimeType: 'image/png', data: png}}]}]},
      ],
    ];
    const answers: ProviderScript = ({url}, response) => sendJson(response, {url});
    const {drift, sent} = await recorded(t, asked, answers, {originals});
    const report = await drift();
    t.is(report.exitCode, 0, report.stdout + report.stderr);
    if (!originals) {
      t.regex(report.stdout, /: 0 requests answered, 0 same, 3 skipped\n/);
      t.regex(report.stdout, /not stored in full \(`media: full` stores them\)/);
      return;
    }
    t.regex(report.stdout, /: 3 requests answered, 3 same\n/);
    const bodies = sent().map(({body}) => String(body));
    t.is(bodies.filter(body => body.includes(png ?? '')).length, 3);
    t.is(bodies.filter(body => body.includes(document ?? '')).length, 2);
  });
}
