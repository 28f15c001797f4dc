import test from 'ava';
import {describeFailure} from '../../../../src/upstream/local/set-up/download-failure.js';

const fetched = {url: 'https://host.example/file', what: 'model test', part: '/cache/file.part'};

const reports = test.macro({
  exec(t, code: string, message: RegExp, hint: RegExp, canRetry: boolean) {
    const cause = Object.assign(new Error('deep inside'), {code});
    const failure = describeFailure(new TypeError('fetch failed', {cause}), fetched);
    t.is(failure.canRetry, canRetry);
    t.is(failure.error.code, 'setup_failed');
    t.regex(failure.error.message, message);
    t.regex(failure.error.hint ?? '', hint);
  },
  title: (_, code) => `${code} is explained`,
});

test(reports, 'ENOTFOUND', /cannot be reached \(ENOTFOUND\)/, /HTTPS_PROXY/, true);
test(
  reports,
  'SELF_SIGNED_CERT_IN_CHAIN',
  /certificate of host\.example is not trusted/,
  /NODE_EXTRA_CA_CERTS/,
  false,
);
test(reports, 'UND_ERR_SOCKET', /failed: deep inside/, /the download continues where it stopped/, true);

test('a full disk is reported with a fix', t => {
  const {canRetry, error} = describeFailure(Object.assign(new Error('write'), {code: 'ENOSPC'}), fetched);
  t.false(canRetry);
  t.regex(error.message, /disk .* is full/);
  t.regex(error.hint ?? '', /the option `upstream\.cacheDir`/);
});
