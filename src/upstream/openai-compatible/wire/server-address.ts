import {RetakeError} from '../../../errors.js';

export type ServerAddress = {
  readonly origin: string;
  /** The prefix of OpenAI's routes: `/v1`, `/v1beta/openai`, `/openai/deployments/NAME`. */
  readonly apiPath: string;
  /** The prefix of llama-server's own routes, such as `/props`. */
  readonly rootPath: string;
  /** Appended to every path: empty, or `?api-version=…`. */
  readonly query: string;
  /** Without credentials and query, for messages. */
  readonly display: string;
  /** The name and password in the address. */
  readonly userInfo: {readonly name: string; readonly password: string} | undefined;
};

/**
 * Parses a server's base URL. A bare host gets `/v1`, which every server has; a path is used as it is, without `/chat/completions` at its end.
 * A query is sent with every request.
 * @throws RetakeError `invalid_setting`
 */
export function parseServerAddress(text: string): ServerAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) throw notAnAddress(text, 'is not a URL');
  if (url.hash) throw notAnAddress(text, 'has a fragment');
  const path = url.pathname.replace(/\/+$/, '');
  const apiPath = path === '' ? '/v1' : path.replace(/\/+chat\/completions$/, '');
  return {
    origin: url.origin,
    apiPath,
    rootPath: apiPath.replace(/\/v1$/, ''),
    query: url.search,
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
