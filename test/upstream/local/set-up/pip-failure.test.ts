import test from 'ava';
import {pipFailure} from '../../../../src/upstream/local/set-up/pip-failure.js';

const isTold = test.macro({
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
  isTold,
  'ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device',
  /disk .* \/cache is full/,
  /RETAKE_CACHE_DIR/,
);
test(
  'an untrusted certificate',
  isTold,
  "WARNING: Retrying (Retry(total=0)) after connection broken by 'SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'))': /simple/\nERROR: No matching distribution found for x",
  /certificate of the package index is not trusted/,
  /PIP_CERT/,
);
test(
  'a proxy that refuses',
  isTold,
  "WARNING: Retrying after connection broken by 'ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407'))'\nERROR: No matching distribution found for x",
  /failed at the proxy/,
  /HTTPS_PROXY/,
);
test(
  'any other error, without the credential of a URL',
  isTold,
  'Looking in indexes: https://user:secret@index.example/simple\nERROR: Something odd at https://user:secret@index.example/simple\nmore',
  /^Installing engine failed: Something odd at https:\/\/index\.example\/simple$/,
  /pip complains/,
);
test('a pip without output', isTold, '', /pip ended without a word/, /pip/);
