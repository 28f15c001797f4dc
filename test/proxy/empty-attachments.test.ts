import test from 'ava';
import {buildProxy} from '../support/build-proxy.js';
import {ends, says, scriptedModel} from '../support/scripted-model.js';

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** A request of each API with a text attached. */
const requests: Readonly<Record<string, (text: string) => readonly [path: string, body: object]>> = {
  'chat completions': text => [
    '/v1/chat/completions',
    {
      model: 'm',
      messages: [
        {
          role: 'user',
          content: [
            {type: 'text', text: 'Read.'},
            {type: 'file', file: {filename: 'a.txt', file_data: `data:text/plain;base64,${base64(text)}`}},
          ],
        },
      ],
    },
  ],
  responses: text => [
    '/v1/responses',
    {
      model: 'm',
      input: [
        {
          role: 'user',
          content: [
            {type: 'input_file', filename: 'a.txt', file_data: `data:text/plain;base64,${base64(text)}`},
          ],
        },
      ],
    },
  ],
  gemini: text => [
    '/v1beta/models/m:generateContent',
    {
      contents: [
        {
          role: 'user',
          parts: [{text: 'Read.'}, {inlineData: {mimeType: 'text/plain', data: base64(text)}}],
        },
      ],
    },
  ],
  ...Object.fromEntries(
    [
      (text: string) => ({type: 'base64', media_type: 'text/plain', data: base64(text)}),
      (text: string) => ({type: 'text', media_type: 'text/plain', data: text}),
      (text: string) => ({type: 'content', content: text}),
    ].map(sourceOf => [
      `anthropic, ${sourceOf('x').type}`,
      (text: string) =>
        [
          '/v1/messages',
          {
            model: 'm',
            max_tokens: 16,
            messages: [{role: 'user', content: [{type: 'document', source: sourceOf(text)}]}],
          },
        ] as const,
    ]),
  ),
};

for (const [api, requestWith] of Object.entries(requests)) {
  test(`${api}: an attachment of nothing but white space is a 400, and any other is answered`, async t => {
    const {upstream, asked} = scriptedModel(() => [says('Read.'), ends()]);
    const {post} = await buildProxy(t, {upstream});
    for (const text of [' ', '\n\t \r\n', '\u00a0\u2003']) {
      const response = await post(...requestWith(text));
      t.is(response.status, 400, JSON.stringify(text));
      t.regex(await response.text(), /white ?space/);
    }
    t.is(asked.length, 0);
    const response = await post(...requestWith(' a '));
    t.is(response.status, 200, await response.text());
  });
}
