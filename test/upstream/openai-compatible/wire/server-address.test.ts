import test from 'ava';
import {parseServerAddress} from '../../../../src/upstream/openai-compatible/wire/server-address.js';

const pathsOf = test.macro({
  title: (_, text: string) => `parses ${text}`,
  exec(t, text: string, origin: string, apiPath: string, rootPath: string) {
    const address = parseServerAddress(text);
    t.like(address, {origin, apiPath, rootPath});
  },
});

test(pathsOf, 'http://127.0.0.1:8080', 'http://127.0.0.1:8080', '/v1', '');
test(pathsOf, 'http://127.0.0.1:8080/', 'http://127.0.0.1:8080', '/v1', '');
test(pathsOf, 'http://127.0.0.1:8080/v1', 'http://127.0.0.1:8080', '/v1', '');
test(pathsOf, 'http://127.0.0.1:8080/v1/', 'http://127.0.0.1:8080', '/v1', '');
test(pathsOf, 'https://models.example/team/a/v1', 'https://models.example', '/team/a/v1', '/team/a');
test(pathsOf, 'https://models.example/team/a', 'https://models.example', '/team/a', '/team/a');
test(pathsOf, 'http://localhost:1/v1/chat/completions', 'http://localhost:1', '/v1', '');
test(
  pathsOf,
  'https://a.example/v1beta/openai/chat/completions',
  'https://a.example',
  '/v1beta/openai',
  '/v1beta/openai',
);

test(pathsOf, 'https://a.example/v1beta/openai/', 'https://a.example', '/v1beta/openai', '/v1beta/openai');
test(pathsOf, 'https://a.example/inference', 'https://a.example', '/inference', '/inference');
test(pathsOf, 'https://a.example/v1/openai', 'https://a.example', '/v1/openai', '/v1/openai');
test(pathsOf, 'http://127.0.0.1:8080/?a=b', 'http://127.0.0.1:8080', '/v1', '');

test('a query is kept for every request, and not displayed', t => {
  t.like(parseServerAddress('https://n.example/openai/deployments/mini?api-version=2024-10-21'), {
    apiPath: '/openai/deployments/mini',
    query: '?api-version=2024-10-21',
    display: 'https://n.example/openai/deployments/mini',
  });
  t.is(parseServerAddress('http://127.0.0.1:8080').query, '');
});

test('a displayed address has no credential', t => {
  const {display, userInfo} = parseServerAddress('http://ann:s%40cret@127.0.0.1:8080/v1');
  t.is(display, 'http://127.0.0.1:8080/v1');
  t.deepEqual(userInfo, {name: 'ann', password: 's@cret'});
});

const refused = test.macro({
  title: (_, text: string) => `refuses ${text}`,
  exec(t, text: string) {
    const error = t.throws(() => parseServerAddress(text), {code: 'invalid_setting'});
    t.regex(error?.message ?? '', /look like http:\/\/127\.0\.0\.1:8080\/v1/);
    t.notRegex(error?.message ?? '', /s3cret/);
  },
});

test(refused, '');
test(refused, 'localhost:8080');
test(refused, 'llama');
test(refused, 'file:///etc/passwd');
test(refused, 'ftp://ann:s3cret@host');
test(refused, 'ann:s3cret@host:8080');
test(refused, 'ann:s3cret@host:8080/v1?key=s3cret');
test(refused, 'http://host/v1#s3cret');
