import {RetakeError} from '../../../errors.js';

export type ServerAddress = {
  readonly origin: string;
  /** The prefix of OpenAI's routes: `/v1`, or `/models/v1`. */
  readonly apiPath: string;
  /** The prefix of llama-server's own routes, such as `/props`. */
  readonly rootPath: string;
  /** Without credentials, for messages. */
  readonly display: string;
  /** The name and password in the address. */
  readonly userInfo: {readonly name: string; readonly password: string} | undefined;
};

/**
 * Parses a server's address: `http://host:port` with or without a path, `/v1` or `/v1/chat/completions` at its end.
 * @throws RetakeError `invalid_setting`
 */
export function parseServerAddress(text: string): ServerAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) throw notAnAddress(text, 'is not a URL');
  if (url.search || url.hash) throw notAnAddress(text, 'has a query or a fragment');
  const path = url.pathname.replace(/\/+$/, '');
  const apiPath = path.endsWith('/chat/completions')
    ? path.slice(0, -'/chat/completions'.length)
    : path.endsWith('/v1')
      ? path
      : `${path}/v1`;
  return {
    origin: url.origin,
    apiPath,
    rootPath: apiPath.replace(/\/v1$/, ''),
    display: `${url.origin}${path}`,
    userInfo:
      url.username || url.password
        ? {name: decodeURIComponent(url.username), password: decodeURIComponent(url.password)}
        : undefined,
  };
}

function notAnAddress(text: string, problem: string): RetakeError {
  // The text before an @ may contain a password.
  const shown = text.replace(/^.*@/s, '…@').replace(/[?#].*$/s, '…');
  return new RetakeError(
    'invalid_setting',
    `Expected the upstream's address to look like http://127.0.0.1:8080/v1, but \`${shown}\` ${problem}`,
  );
}
