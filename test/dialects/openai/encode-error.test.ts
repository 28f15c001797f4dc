import {Value} from '@sinclair/typebox/value';
import test from 'ava';
import {ErrorBody} from '../../../src/dialects/openai/chat-completions/reply-schema.js';
import {type ErrorCode, type ErrorDetails, errorCatalogue, RetakeError} from '../../../src/errors.js';
import {openai} from '../../support/dialects.js';

function encode(code: ErrorCode, message = 'It failed', details: ErrorDetails = {}) {
  const {status, headers, body} = openai.encodeError(new RetakeError(code, message, details));
  return {status, headers, ...Value.Parse(ErrorBody, JSON.parse(body))};
}

const codes = Object.keys(errorCatalogue) as ErrorCode[];

for (const code of codes) {
  test(`${code} keeps its status, and its header says whether to retry`, t => {
    const {status, retryable} = errorCatalogue[code];
    const encoded = encode(code);
    t.is(encoded.status, status);
    t.is(encoded.headers['x-should-retry'], retryable ? undefined : 'false');
    t.is(encoded.headers['content-type'], 'application/json');
    t.is(encoded.error.message, 'It failed');
    t.is(encoded.error.param, null);
  });
}

const hasType = test.macro({
  exec(t, status: number, type: string) {
    t.is(encode('upstream_rejected', 'No', {status}).error.type, type);
  },
  title: (_, status, type) => `status ${status} has type ${type}`,
});

test(hasType, 400, 'invalid_request_error');
test(hasType, 401, 'authentication_error');
test(hasType, 403, 'permission_error');
test(hasType, 404, 'invalid_request_error');
test(hasType, 413, 'invalid_request_error');
test(hasType, 429, 'rate_limit_error');
test(hasType, 500, 'server_error');
test(hasType, 503, 'server_error');

test('a miss has its code, and its hint after the message', t => {
  const {status, error} = encode('cassette_miss', 'Nothing was recorded.', {hint: 'Run `retake record`.'});
  t.is(status, 400);
  t.deepEqual(error, {
    message: 'Nothing was recorded.\nRun `retake record`.',
    type: 'invalid_request_error',
    param: null,
    code: 'cassette_miss',
  });
});

test('a field becomes the param, and the reason the code', t => {
  const {error} = encode('invalid_request', 'No', {field: 'messages[0].role', reason: 'invalid_value'});
  t.like(error, {param: 'messages[0].role', code: 'invalid_value'});
});

test('an invalid body has no code', t => {
  t.is(encode('invalid_request').error.code, null);
});

test('an unknown path has the code of the real API', t => {
  t.like(encode('not_found', 'Unknown request URL: GET /v1/nope.').error, {
    message: 'Unknown request URL: GET /v1/nope.',
    type: 'invalid_request_error',
    code: 'unknown_url',
  });
});
