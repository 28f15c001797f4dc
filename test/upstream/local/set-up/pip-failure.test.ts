import test from 'ava';
import {pipFailure} from '../../../../src/upstream/local/set-up/pip-failure.js';

const reports = test.macro({
  exec(t, output: string, message: RegExp, hint: RegExp) {
    const error = pipFailure(output, 'engine', '/cache');
    t.is(error.code, 'setup_failed');
    t.regex(error.message, message);
    t.regex(error.hint ?? '', hint);
  },
  title: (title = '') => `${title} is reported`,
});

test(
  'a full disk',
  reports,
  'ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device',
  /disk .* \/cache is full/,
  /the option `upstream\.cacheDir`/,
);
test(
  'an untrusted certificate',
  reports,
  "WARNING: Retrying (Retry(total=0)) after connection broken by 'SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'))': /simple/\nERROR: No matching distribution found for x",
  /certificate of the package index is not trusted/,
  /PIP_CERT/,
);
test(
  'a proxy that refuses',
  reports,
  "WARNING: Retrying after connection broken by 'ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407'))'\nERROR: No matching distribution found for x",
  /failed at the proxy/,
  /HTTPS_PROXY/,
);
test(
  'anything else, without the credential of an address',
  reports,
  'Looking in indexes: https://user:secret@index.example/simple\nERROR: Something odd at https://user:secret@index.example/simple\nmore',
  /^Installing engine failed: Something odd at https:\/\/index\.example\/simple$/,
  /pip reports/,
);
test('a pip without output', reports, '', /pip printed nothing/, /pip/);
