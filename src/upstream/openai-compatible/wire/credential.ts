import {RetakeError} from '../../../errors.js';
import type {ServerAddress} from './server-address.js';

/** The upstream's own credential. retake sends it in one header to one host, and never shows it in a message. */
export type Credential = {
  readonly headers: Readonly<Record<string, string>>;
  /** Removes the credential from an error, in case the upstream repeated it. */
  conceal(error: RetakeError): RetakeError;
};

/**
 * Parses a header line `Name: value`, or the value of `Authorization` alone. Without either, the address's name and password are used.
 * @throws RetakeError `invalid_setting` if it is not a valid header; the message does not show it
 */
export function parseCredential(
  authorization: string | undefined,
  {userInfo}: Pick<ServerAddress, 'userInfo'>,
): Credential {
  if (authorization === undefined) {
    if (!userInfo) return {headers: {}, conceal: error => error};
    const pair = `${userInfo.name}:${userInfo.password}`;
    const basic = `Basic ${Buffer.from(pair).toString('base64')}`;
    return credentialOf('authorization', basic, [pair, userInfo.password]);
  }
  const line = authorization.trim();
  const [, name = 'authorization', value = line] = /^([\w!#$%&'*+.^`|~-]+):\s*(.*)$/s.exec(line) ?? [];
  if (!/^[\t\x20-\x7e\x80-\xff]+$/.test(value)) {
    throw new RetakeError(
      'invalid_setting',
      "Expected the upstream's credential to be a header line like `Authorization: Bearer …`, but it is empty or has characters that a header cannot contain",
      {hint: 'Correct the option `upstream.authorization`.'},
    );
  }
  return credentialOf(name, value, []);
}

function credentialOf(name: string, value: string, furtherSecrets: readonly string[]): Credential {
  const secrets = [value, value.split(/\s+/).at(-1) ?? '', ...furtherSecrets].filter(secret => secret !== '');
  const patterns = secrets.map(occurrencesOf);
  return {
    headers: {[name.toLowerCase()]: value},
    conceal(error) {
      const message = patterns.reduce(
        (text, pattern) => text.replace(pattern, '<credential>'),
        error.message,
      );
      return message === error.message ? error : withMessage(error, message);
    },
  };
}

/** A longer secret is no part of a common word by chance, so it is replaced wherever it stands. */
const shortSecret = 16;

/** A short secret is replaced only as a whole token: the credential `tok` must not change `max_tokens`. */
function occurrencesOf(secret: string): RegExp {
  const literal = secret.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const isShort = secret.length < shortSecret;
  return new RegExp(isShort ? `(?<![\\p{L}\\p{N}_])${literal}(?![\\p{L}\\p{N}_])` : literal, 'gu');
}

/** Without the cause, which may contain the credential. */
function withMessage(error: RetakeError, message: string): RetakeError {
  const {code, status, hint, field, headers, contextLength, answered} = error;
  return new RetakeError(code, message, {status, hint, field, headers, contextLength, answered});
}
