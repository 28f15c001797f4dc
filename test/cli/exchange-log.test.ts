import test from 'ava';
import {exchangeLog} from '../../cli/output/exchange-log.js';
import type {Exchange} from '../../src/index.js';

const exchange: Exchange = {
  method: 'POST',
  path: '/v1/chat/completions',
  dialect: 'openai',
  session: undefined,
  model: 'gpt-4o',
  tokens: {input: 7, output: 3},
  firstEvent: 1.2,
  status: 200,
  outcome: 'hit',
  cassette: 'demo',
  key: `1:${'0123456789abcdef'.repeat(4)}`,
  warnings: [],
  duration: 1.4,
  error: undefined,
};

function logged(format: 'text' | 'json', change: Partial<Exchange>): string[] {
  const lines: string[] = [];
  exchangeLog(format, {print: line => void lines.push(line)})?.({...exchange, ...change});
  return lines;
}

test('a line names the request, its status, its outcome, its cassette and its key', t => {
  t.deepEqual(logged('text', {}), ['POST /v1/chat/completions  200  hit  demo 0123456789ab  1 ms']);
});

test('the line of a recording has its warnings, and that of a replay does not repeat them', t => {
  const warnings = ['The answer does not fit the JSON schema of the request.', 'A second one.'];
  const [line = ''] = logged('text', {outcome: 'recorded', warnings});
  t.true(line.endsWith(`1 ms  warning: ${warnings.join(' ')}`), line);
  t.false(logged('text', {warnings})[0]?.includes('warning'));
  t.deepEqual(JSON.parse(logged('json', {warnings})[0] ?? '').warnings, warnings);
});

test('requests to retake itself are logged without an API', t => {
  for (const path of ['/_retake/v1/sessions', '/metrics', '/healthz', '/']) {
    const [line = ''] = logged('json', {method: 'GET', path});
    t.is(JSON.parse(line).dialect, undefined, path);
  }
  t.is(JSON.parse(logged('json', {})[0] ?? '').dialect, 'openai');
});

test('a client error is logged by its code, because the message may quote the body', t => {
  const error = {code: 'invalid_request', message: 'Expected `role`, got `hush`'};
  for (const format of ['text', 'json'] as const) {
    const [line = ''] = logged(format, {status: 400, error});
    t.true(line.includes('invalid_request'));
    t.false(line.includes('hush'));
  }
});

test('a fault is logged as it was requested', t => {
  const error = {code: 'fault', message: 'Overloaded'};
  const [line = ''] = logged('text', {status: 529, outcome: 'fault', fault: 'overloaded:2', error});
  t.true(line.endsWith('1 ms  overloaded:2'), line);
  t.true(line.includes('  529  fault  '), line);
  const [json = ''] = logged('json', {status: 529, outcome: 'fault', fault: 'overloaded:2', error});
  t.like(JSON.parse(json), {outcome: 'fault', fault: 'overloaded:2'});
});

test('an internal error is logged in full', t => {
  const error = {code: 'upstream_failed', message: 'The engine died'};
  const [line = ''] = logged('text', {status: 502, outcome: 'live', error});
  t.true(line.endsWith('upstream_failed: The engine died'));
});

test('control characters cannot reach the terminal', t => {
  const error = {code: 'upstream_failed', message: 'Line one\n\u001b[2Jline two'};
  const [line = ''] = logged('text', {path: '/\u001b[31m\u202e\n', status: 502, error});
  t.true(line.startsWith('POST /\\x1b[31m\\u202e\\n  '));
  t.true(line.endsWith('Line one\\n\\x1b[2Jline two'));
});

test('a JSON line has the tokens, the model and the time of the first event', t => {
  const [line = ''] = logged('json', {});
  t.like(JSON.parse(line), {
    event: 'request',
    model: 'gpt-4o',
    tokens: {input: 7, output: 3},
    firstEvent: 1.2,
  });
});
