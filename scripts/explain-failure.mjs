const installCompiler =
  'a native package could not be compiled. Install a C++ compiler, make and Python 3 (Debian, Ubuntu: `apt install build-essential python3`; macOS: `xcode-select --install`), then try again.';

/** Fixes for known failures, most specific first. */
const explanations = [
  [/ENOSPC|No space left on device/i, 'the disk is full. Free some space, then try again.'],
  [/not found: make|make: (g\+\+|cc|c\+\+)|(g\+\+|c\+\+): not found|find Python/i, installCompiler],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network/i,
    'the package registry cannot be reached. Check the network (behind a proxy: HTTPS_PROXY), then try again.',
  ],
  [
    /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|CERT_/,
    "the certificate of the package registry is not trusted. Set NODE_EXTRA_CA_CERTS to your organisation's certificates.",
  ],
  [/gyp ERR!/, installCompiler],
  [/EACCES|EPERM|EROFS/, 'the project folder is not writable. Check its permissions, then try again.'],
];

/** One sentence about a failed command, with its output if the cause is unknown. */
export function explainFailure(output, what) {
  const known = explanations.find(([pattern]) => pattern.test(output));
  if (known) return `${what} failed: ${known[1]}`;
  return `${what} failed. Its output:\n${output.trim().split('\n').slice(-40).join('\n')}`;
}
