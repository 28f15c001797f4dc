import {RetakeError} from '../../../errors.js';
import {fileSystemError, setUpError} from './set-up-error.js';

/** Why a transfer failed, and whether a retry can succeed. */
export type TransferFailure = {
  readonly isComplete: false;
  readonly canRetry: boolean;
  readonly error: RetakeError;
};

type Fetched = {readonly url: string; readonly what: string; readonly part: string};

/** The failure for an error response. */
export function responseFailure(status: number, {url, what}: Fetched): TransferFailure {
  const canRetry = status >= 500 || status === 408 || status === 429;
  return {
    isComplete: false,
    canRetry,
    error: setUpError(
      `Downloading the ${what} failed: ${hostOf(url)} answered with HTTP status ${status}`,
      canRetry ? 'Try again later.' : 'Check the address of the model, or choose another one.',
    ),
  };
}

export function wrongLength(length: number, expected: number, {url, what}: Fetched): TransferFailure {
  return {
    isComplete: false,
    canRetry: false,
    error: setUpError(
      `The ${what} from ${hostOf(url)} is ${length} bytes long, expected ${expected}`,
      'The file at that address has changed: try again, or choose another model.',
    ),
  };
}

/** The failure for an error of the connection or the file system. */
export function describeFailure(error: unknown, {url, what, part}: Fetched): TransferFailure {
  const known = fileSystemError(error, part);
  if (known instanceof RetakeError) return {isComplete: false, canRetry: false, error: known};
  const {code, message} = deepestCause(error);
  if (/CERT|SELF_SIGNED|LEAF_SIGNATURE|ISSUER/.test(code))
    return {
      isComplete: false,
      canRetry: false,
      error: setUpError(
        `Downloading the ${what} failed: the certificate of ${hostOf(url)} is not trusted (${code})`,
        "Name your organisation's certificates in NODE_EXTRA_CA_CERTS.",
        error,
      ),
    };
  return {
    isComplete: false,
    canRetry: true,
    error: setUpError(
      `Downloading the ${what} from ${hostOf(url)} failed: ${unreachable.has(code) ? `it cannot be reached (${code})` : message}`,
      'Check the network (behind a proxy: HTTPS_PROXY), then try again: the download continues where it stopped.',
      error,
    ),
  };
}

const unreachable = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export function hostOf(url: string): string {
  return new URL(url).host;
}

/** The first error of a chain of causes, or of an AggregateError of several addresses. */
function deepestCause(error: unknown): {code: string; message: string} {
  if (!(error instanceof Error)) return {code: '', message: String(error)};
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  if (inner instanceof Error) return deepestCause(inner);
  const code = (error as NodeJS.ErrnoException).code;
  return {code: typeof code === 'string' ? code : '', message: error.message.replace(/\.$/, '')};
}
