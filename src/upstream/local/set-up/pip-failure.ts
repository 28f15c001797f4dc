import type {RetakeError} from '../../../errors.js';
import {diskFull, setUpError} from './set-up-error.js';

/** The error for pip's output. */
export function pipFailure(output: string, what: string, folder: string): RetakeError {
  const said = firstError(output);
  if (/No space left on device|Errno 28|Disk quota exceeded/i.test(output)) return diskFull(folder, said);
  if (/DO NOT MATCH THE HASHES|hash.*mismatch/i.test(output))
    return setUpError(
      `The digest of ${what} from the package index does not match the pinned one`,
      'Try again. If it stays, the index or a proxy changes packages: use another index (PIP_INDEX_URL).',
      said,
    );
  if (/ProxyError|Tunnel connection failed|407 Proxy/i.test(output))
    return setUpError(`Downloading ${what} failed at the proxy: ${said}`, 'Check HTTPS_PROXY and NO_PROXY.');
  if (/CERTIFICATE_VERIFY_FAILED|SSLError|SSLCertVerificationError/i.test(output))
    return setUpError(
      `Downloading ${what} failed: the certificate of the package index is not trusted`,
      "Name your organisation's certificates in PIP_CERT.",
      said,
    );
  if (isNetworkFailure(output))
    return setUpError(
      `Downloading ${what} failed: the package index cannot be reached`,
      'Check the network (behind a proxy: HTTPS_PROXY), then try again.',
      said,
    );
  if (/No matching distribution/i.test(output))
    return setUpError(
      `The package index has no prebuilt ${what} for this system (${process.platform} ${process.arch})`,
      'Install llama-server and put it on PATH, or name it in the option `upstream.llamaServer`.',
      said,
    );
  return setUpError(
    `Installing ${what} failed: ${said}`,
    'Fix the problem that pip reports, then try again.',
  );
}

function isNetworkFailure(output: string): boolean {
  return /Name or service not known|name resolution|nodename nor servname|getaddrinfo|Network is unreachable|NewConnectionError|Connection (refused|reset|aborted)|ConnectionResetError|ReadTimeout|timed out|IncompleteRead|incomplete-download|RemoteDisconnected/i.test(
    output,
  );
}

/** pip's first error line without its prefix and without the credentials of addresses. */
function firstError(output: string): string {
  const lines = output.split('\n').map(line => line.trim());
  const line =
    lines.find(line => line.startsWith('ERROR:')) ??
    lines.findLast(line => line !== '') ??
    'pip printed nothing';
  return line
    .replace(/^ERROR: */, '')
    .replace(/\/\/[^/\s@]+@/g, '//')
    .slice(0, 300);
}
