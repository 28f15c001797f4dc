import {join} from 'node:path';
import {Readable} from 'node:stream';
import test from 'ava';
import {importCassette} from '../../../src/operations/import-cassette.js';
import {buildProxy} from '../../support/build-proxy.js';
import {interactionsIn} from '../../support/cassette-files.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

const asked = '{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]}';
const answer =
  '{"id":"c","object":"chat.completion","created":1,"model":"gpt-4o","choices":[{"index":0,"message":{"role":"assistant","content":"é 🗼"},"finish_reason":"stop"}]}';
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Files as the documentation of each tool shows them. */
const files: Readonly<Record<string, readonly [file: string, recordedAt: string]>> = {
  'VCR for Ruby': [
    `---
http_interactions:
- request:
    method: post
    uri: https://api.openai.com/v1/chat/completions
    body:
      encoding: UTF-8
      string: '${asked}'
    headers:
      Content-Type:
      - application/json
  response:
    status:
      code: 200
      message: OK
    headers:
      Content-Type:
      - application/json
    body:
      encoding: ASCII-8BIT
      string: !binary |-
        ${base64(answer)}
    http_version:
  recorded_at: Tue, 01 Nov 2025 04:58:44 GMT
recorded_with: VCR 6.3.1
`,
    '2025-11-01T04:58:44.000Z',
  ],
  betamax: [
    JSON.stringify({
      http_interactions: [
        {
          request: {
            body: {encoding: 'utf-8', string: asked},
            headers: {'Content-Type': ['application/json']},
            method: 'POST',
            uri: 'https://api.openai.com/v1/chat/completions',
          },
          response: {
            body: {encoding: 'utf-8', base64_string: base64(answer)},
            headers: {'Content-Type': ['application/json']},
            status: {code: 200, message: 'OK'},
            url: 'https://api.openai.com/v1/chat/completions',
          },
          recorded_at: '2013-09-28T01:25:38',
        },
      ],
      recorded_with: 'betamax/0.9.0',
    }),
    '2013-09-28T01:25:38.000Z',
  ],
  'go-vcr': [
    `---
version: 2
interactions:
    - id: 0
      request:
        proto: HTTP/1.1
        content_length: 60
        host: api.openai.com
        body: '${asked}'
        form: {}
        headers:
            Content-Type:
                - application/json
        url: https://api.openai.com/v1/chat/completions
        method: POST
      response:
        uncompressed: true
        body: '${answer}'
        headers:
            Content-Type:
                - application/json
            Date:
                - Sun, 29 Nov 2026 12:00:00 GMT
        status: 200 OK
        code: 200
        duration: 812.19ms
`,
    '2026-11-29T12:00:00.000Z',
  ],
  'php-vcr': [
    `
-
    request:
        method: POST
        url: 'https://api.openai.com/v1/chat/completions'
        headers:
            Content-Type: application/json
        body: '${asked}'
    response:
        status:
            code: '200'
            message: OK
        headers:
            Content-Type: application/json
        body: '${answer}'
`,
    '2026-01-01T00:00:00.000Z',
  ],
  'vcrpy of Python 2': [
    `interactions:
- request:
    body: !!python/unicode '${asked}'
    headers: &id001
      Content-Type: [!!python/unicode application/json]
    method: !!python/unicode POST
    uri: !!python/unicode https://api.openai.com/v1/chat/completions
  response:
    body: {string: !!python/unicode '${answer}'}
    headers: *id001
    status: {code: 200, message: OK}
version: 1
`,
    '2026-01-01T00:00:00.000Z',
  ],
};

for (const [tool, [file, recordedAt]] of Object.entries(files)) {
  test(`a cassette of ${tool} is imported`, async t => {
    const cassette = join(await temporaryFolder(t), 'a.cassette');
    const report = await importCassette({
      ...{from: Readable.from([file]), path: cassette, replaces: false},
      now: () => Date.UTC(2026, 0, 1),
    });
    t.like(report, {format: 'VCR', interactions: 1, takes: 1, leftOut: []});
    const [interaction] = await interactionsIn(cassette);
    t.is(new Date(interaction?.takes[0].provenance.recordedAt ?? 0).toISOString(), recordedAt);
    const {post} = await buildProxy(t, {mode: 'replay', cassette});
    const response = await post('/v1/chat/completions', asked);
    t.is(await response.text(), answer);
  });
}
