/** Fixes for known failures, most specific first. */
const explanations = [
  [/ENOSPC|No space left on device/i, 'the disk is full. Free some space, then try again.'],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network/i,
    'the package registry cannot be reached. Check the network (behind a proxy: HTTPS_PROXY), then try again.',
  ],
  [
    /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|CERT_/,
    "the certificate of the package registry is not trusted. Set NODE_EXTRA_CA_CERTS to your organisation's certificates.",
  ],
  [
    /EINTEGRITY/,
    'the package registry sent a package that differs from the one in the lockfile. Try again; if it stays, ask who runs the registry (`npm config get registry`).',
  ],
  [
    /E404|ETARGET/,
    'the package registry does not have a package of the lockfile. Choose another one: `npm config get registry` prints the current one.',
  ],
  [/EACCES|EPERM|EROFS/, 'the project folder is not writable. Check its permissions, then try again.'],
];

/** One sentence about a failed command, with its output if the cause is unknown. */
export function explainFailure(output, what) {
  const known = explanations.find(([pattern]) => pattern.test(output));
  if (known) return `${what} failed: ${known[1]}`;
  return `${what} failed. Its output:\n${output.trim().split('\n').slice(-40).join('\n')}`;
}
