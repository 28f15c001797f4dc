import type {RetakeError} from '../../../errors.js';
import {diskFull, setUpError} from './set-up-error.js';

/** The sentence for what pip printed before it gave up. */
export function pipFailure(output: string, what: string, folder: string): RetakeError {
  const said = firstError(output);
  if (/No space left on device|Errno 28|Disk quota exceeded/i.test(output)) return diskFull(folder, said);
  if (/DO NOT MATCH THE HASHES|hash.*mismatch/i.test(output))
    return setUpError(
      `The package index sent ${what} with another digest than the one pinned here`,
      'Try again; if it stays, the index or a proxy in between changes packages: use another one (PIP_INDEX_URL).',
      said,
    );
  if (/ProxyError|Tunnel connection failed|407 Proxy/i.test(output))
    return setUpError(`Fetching ${what} failed at the proxy: ${said}`, 'Check HTTPS_PROXY and NO_PROXY.');
  if (/CERTIFICATE_VERIFY_FAILED|SSLError|SSLCertVerificationError/i.test(output))
    return setUpError(
      `Fetching ${what} failed: the certificate of the package index is not trusted`,
      "Name your organisation's certificates in PIP_CERT.",
      said,
    );
  if (isNetworkTrouble(output))
    return setUpError(
      `Fetching ${what} failed: the package index cannot be reached`,
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
    'Correct what pip complains about, then try again.',
  );
}

function isNetworkTrouble(output: string): boolean {
  return /Name or service not known|name resolution|nodename nor servname|getaddrinfo|Network is unreachable|NewConnectionError|Connection (refused|reset|aborted)|ConnectionResetError|ReadTimeout|timed out|IncompleteRead|incomplete-download|RemoteDisconnected/i.test(
    output,
  );
}

/** pip's first error line without its prefix, and without credentials that an address may carry. */
function firstError(output: string): string {
  const lines = output.split('\n').map(line => line.trim());
  const line =
    lines.find(line => line.startsWith('ERROR:')) ??
    lines.findLast(line => line !== '') ??
    'pip ended without a word';
  return line
    .replace(/^ERROR: */, '')
    .replace(/\/\/[^/\s@]+@/g, '//')
    .slice(0, 300);
}
