import test from 'ava';
import {type ErrorCode, errorCatalogue, RetakeError} from '../../../src/errors.js';
import {gemini} from '../../support/dialects.js';
import {refusalOf} from './ask.js';

const encodes = test.macro({
  exec(t, code: ErrorCode, status: string, httpStatus: number) {
    const {
      status: sent,
      headers,
      body,
    } = gemini.encodeError(new RetakeError(code, 'It failed.', {hint: 'Try this.'}));
    t.is(sent, httpStatus);
    t.is(headers['content-type'], 'application/json; charset=UTF-8');
    t.is(headers['x-should-retry'], errorCatalogue[code].retryable ? undefined : 'false');
    t.deepEqual(JSON.parse(body), {
      error: {
        code: httpStatus,
        message: 'It failed.\nTry this.',
        status,
        details: [
          {'@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: code.toUpperCase(), domain: 'retake'},
        ],
      },
    });
  },
  title: (_, code: ErrorCode, status: string) => `${code} is ${status}`,
});

test(encodes, 'invalid_request', 'INVALID_ARGUMENT', 400);
test(encodes, 'forbidden_host', 'PERMISSION_DENIED', 403);
test(encodes, 'not_found', 'NOT_FOUND', 404);
test(encodes, 'cassette_miss', 'INVALID_ARGUMENT', 400);
test(encodes, 'request_timeout', 'DEADLINE_EXCEEDED', 408);
test(encodes, 'request_too_large', 'INVALID_ARGUMENT', 413);
test(encodes, 'unsupported_media_type', 'INVALID_ARGUMENT', 415);
test(encodes, 'client_closed', 'CANCELLED', 499);
test(encodes, 'internal', 'INTERNAL', 500);
test(encodes, 'upstream_failed', 'UNAVAILABLE', 502);
test(encodes, 'upstream_unavailable', 'UNAVAILABLE', 503);
test(encodes, 'upstream_timeout', 'DEADLINE_EXCEEDED', 504);

test('every error of the catalogue has a status name', t => {
  for (const code of Object.keys(errorCatalogue) as ErrorCode[]) {
    const {error} = JSON.parse(gemini.encodeError(new RetakeError(code, 'It failed.')).body);
    t.regex(error.status, /^[A-Z_]+$/, code);
  }
});

test('a status from the upstream server keeps its name', t => {
  const error = new RetakeError('upstream_rejected', 'Too many requests.', {status: 429});
  t.like(JSON.parse(gemini.encodeError(error).body).error, {code: 429, status: 'RESOURCE_EXHAUSTED'});
});

test('an invalid body is reported as violations of its fields', t => {
  const {body} = gemini.encodeError(refusalOf({x: 1, generationConfig: {y: 2}}));
  t.deepEqual(JSON.parse(body).error.details[0], {
    '@type': 'type.googleapis.com/google.rpc.BadRequest',
    fieldViolations: [
      {description: 'Invalid JSON payload received. Unknown name "x": Cannot find field.'},
      {
        field: 'generation_config',
        description:
          'Invalid JSON payload received. Unknown name "y" at \'generation_config\': Cannot find field.',
      },
    ],
  });
});

test('an invalid field found by another layer is reported the same way', t => {
  const error = new RetakeError('invalid_request', 'Too long.', {field: 'contents'});
  t.deepEqual(JSON.parse(gemini.encodeError(error).body).error.details[0].fieldViolations, [
    {field: 'contents', description: 'Too long.'},
  ]);
});
