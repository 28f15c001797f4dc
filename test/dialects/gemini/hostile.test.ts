import test from 'ava';
import fc from 'fast-check';
import type {JsonValue} from '../../../src/chat/json.js';
import {parseJson} from '../../../src/chat/json.js';
import {RetakeError} from '../../../src/errors.js';
import {localEndpoint, questionEndpoint} from '../../support/dialects.js';
import {emptyGemini} from './ask-local.js';

/** Words that have a meaning somewhere, so that generated requests get past the first checks. */
const names = fc.constantFrom(
  ...['contents', 'parts', 'text', 'requests', 'content', 'instances', 'parameters', 'model', 'ttl'],
  ...['generateContentRequest', 'cachedContent', 'expireTime', 'file', 'name', 'mimeType', 'tools'],
  ...['systemInstruction', 'inlineData', 'fileData', 'fileUri', 'data', 'functionResponse', 'role'],
);
const words = fc.oneof(
  fc.string(),
  fc.constantFrom('models/m', 'files/a', 'cachedContents/a', '5s', '2027-01-01T00:00:00Z', 'aGk='),
);
const {value: body} = fc.letrec<{value: JsonValue}>(tie => ({
  value: fc.oneof(
    {maxDepth: 6},
    words,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), {maxLength: 3}),
    fc.dictionary(
      fc.oneof({weight: 9, arbitrary: names}, {weight: 1, arbitrary: fc.string()}),
      tie('value'),
      {
        maxKeys: 5,
      },
    ),
  ),
}));

const bytes = fc.oneof(
  body.map(value => Buffer.from(JSON.stringify(value))),
  fc.uint8Array({maxLength: 200}).map(array => Buffer.from(array)),
  fc.string().map(text => Buffer.from(`--b\r\ncontent-type: ${text}\r\n\r\n${text}\r\n--b--`)),
);
const headers = fc.record(
  {
    'x-goog-upload-protocol': fc.constantFrom('resumable', 'multipart', 'raw', 'ftp'),
    'x-goog-upload-command': fc.constantFrom('start', 'upload', 'upload, finalize', 'finalize', 'query', 'x'),
    'x-goog-upload-offset': fc.constantFrom('0', '-1', '1e9', 'many'),
    'x-goog-upload-header-content-length': fc.constantFrom('0', '7', 'NaN'),
    'x-goog-upload-header-content-type': words,
    'content-type': fc.constantFrom('multipart/related; boundary=b', 'multipart/related', 'text/plain'),
  },
  {requiredKeys: []},
);
const query = fc.dictionary(
  fc.oneof(fc.constantFrom('pageSize', 'pageToken', 'alt', 'upload_id', 'updateMask', 'uploadType'), words),
  fc.oneof(words, fc.constantFrom('upload-1', 'media', 'multipart', 'MA')),
  {maxKeys: 3},
);

test('any request to any endpoint gets an answer or an error that names the fault', async t => {
  const {gemini} = emptyGemini();
  const params = fc.record({model: words, file: words, cache: words, parent: fc.constant('')});
  const endpoints = fc.constantFrom(...Object.keys(gemini.endpoints));
  await fc.assert(
    fc.asyncProperty(
      fc.record({endpoints, params, bytes, headers, query}),
      async ({endpoints: name, query: fields, ...request}) => {
        const endpoint = gemini.endpoints[name];
        const wire = {...request, query: new URLSearchParams(fields), path: '/'};
        try {
          if (endpoint?.kind === 'question') {
            questionEndpoint(endpoint).decodeRequest({...wire, body: parseJson(request.bytes)});
          } else t.true((await localEndpoint(endpoint).answer(wire)).status < 500);
        } catch (error) {
          if (!(error instanceof RetakeError)) throw error;
          t.true(error.status < 500, error.message);
          t.true(gemini.encodeError(error).body.length > 0);
        }
      },
    ),
    {numRuns: 3000},
  );
});
