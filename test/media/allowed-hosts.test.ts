import test from 'ava';
import {RetakeError} from '../../src/errors.js';
import {readAllowedHosts} from '../../src/media/allowed-hosts.js';

const allows = test.macro({
  exec(t, entry: string, allowed: readonly string[], others: readonly string[]) {
    const isAllowed = readAllowedHosts([entry]);
    for (const url of allowed) t.true(isAllowed(new URL(url)), url);
    for (const url of others) t.false(isAllowed(new URL(url)), url);
  },
  title: (_title, entry) => `${entry} allows the hosts that it names`,
});

test(
  allows,
  'Files.example',
  ['https://files.example/', 'http://files.example:8080/', 'https://FILES.example./a'],
  ['https://a.files.example/', 'https://files.example.com/', 'https://xfiles.example/'],
);
test(
  allows,
  'files.example:8443',
  ['https://files.example:8443/'],
  ['https://files.example/', 'http://files.example:8080/'],
);
test(allows, 'files.example:443', ['https://files.example/'], ['http://files.example/']);
test(
  allows,
  '*.example.com',
  ['https://a.example.com/', 'http://a.b.example.com:1/'],
  ['https://example.com/', 'https://badexample.com/', 'https://a.example.com.evil.test/'],
);
test(allows, '127.0.0.1', ['http://127.0.0.1:9/', 'http://0x7f.1/'], ['http://127.0.0.2/', 'http://[::1]/']);
test(allows, '[::1]:8080', ['http://[::1]:8080/', 'http://[0:0::1]:8080/'], ['http://[::1]/']);
test(allows, 'fd00::1', ['https://[fd00::1]/', 'https://[fd00:0::1]:9/'], ['https://[fd00::2]/']);
test(allows, 'bücher.example', ['https://xn--bcher-kva.example/'], ['https://bcher.example/']);

for (const entry of [
  '',
  '*',
  '*.',
  'https://files.example',
  'files.example/a',
  'a b',
  'a:b',
  'a:99999',
  '*.1.2.3.4',
  'u@a',
]) {
  test(`\`${entry}\` is not a valid host`, t => {
    const error = t.throws(() => readAllowedHosts([entry]), {instanceOf: RetakeError});
    t.is(error.code, 'invalid_setting');
    t.true(error.message.endsWith(`got \`${entry}\``));
  });
}
