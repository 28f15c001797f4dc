import {RetakeError} from '../../../errors.js';
import type {ServerAddress} from './server-address.js';

/** The upstream's own credential. It leaves retake in one header to one host, and never in a message. */
export type Credential = {
  readonly headers: Readonly<Record<string, string>>;
  /** The error without the credential, should the upstream have repeated it. */
  conceal(error: RetakeError): RetakeError;
};

/**
 * Reads a header line `Name: value`, or the value of `Authorization` alone; without either, the name and password of the address.
 * @throws RetakeError `invalid_setting` when no header can carry it; the message does not show it.
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
      "Expected the upstream's credential to be a header line like `Authorization: Bearer …`, but it is empty or has characters that no header can carry",
      {hint: 'Correct the option `upstream.authorization`.'},
    );
  }
  return credentialOf(name, value, []);
}

function credentialOf(name: string, value: string, furtherSecrets: readonly string[]): Credential {
  const secrets = [value, value.split(/\s+/).at(-1) ?? '', ...furtherSecrets].filter(secret => secret !== '');
  return {
    headers: {[name.toLowerCase()]: value},
    conceal(error) {
      const message = secrets.reduce(
        (text, secret) => text.replaceAll(secret, '<credential>'),
        error.message,
      );
      return message === error.message ? error : withMessage(error, message);
    },
  };
}

/** Without its cause, which may tell what the message no longer does. */
function withMessage({code, status, hint, field}: RetakeError, message: string): RetakeError {
  return new RetakeError(code, message, {
    status,
    ...(hint !== undefined && {hint}),
    ...(field !== undefined && {field}),
  });
}
