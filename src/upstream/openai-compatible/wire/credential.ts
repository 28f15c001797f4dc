import {RetakeError} from '../../../errors.js';
import type {ServerAddress} from './server-address.js';

/** The upstream's own credential. retake sends it in one header to one host, and never shows it in a message. */
export type Credential = {
  readonly headers: Readonly<Record<string, string>>;
  /** The texts that prove who sends a request. */
  readonly secrets: readonly string[];
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
    if (!userInfo) return {headers: {}, secrets: [], conceal: error => error};
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
    secrets,
    conceal(error) {
      const whole = patterns.reduce((text, pattern) => text.replace(pattern, placeholder), error.message);
      const message = secrets.reduce(withoutBeginning, whole);
      return message === error.message ? error : withMessage(error, message);
    },
  };
}

const placeholder = '<credential>';

/** How much of a secret may remain where a quoted text was cut off. */
const shownBeginning = 3;

/** Replaces the beginning of a secret in front of the mark of a text that was cut off in the middle of it. */
function withoutBeginning(text: string, secret: string): string {
  const pieces = text.split('…');
  return pieces
    .map((piece, index) => {
      if (index === pieces.length - 1) return piece;
      for (let length = secret.length - 1; length > shownBeginning; length--) {
        const [end] = piece.match(beginningOf(secret, length)) ?? [];
        if (end !== undefined) return piece.slice(0, -end.length) + placeholder;
      }
      return piece;
    })
    .join('…');
}

/** A longer secret is no part of a common word by chance, so it is replaced wherever it stands. */
const shortSecret = 16;

/** A short secret is replaced only as a whole token: the credential `tok` must not change `max_tokens`. */
function occurrencesOf(secret: string): RegExp {
  return new RegExp(
    isShort(secret) ? `${noWordBefore}${literal(secret)}${noWordAfter}` : literal(secret),
    'gu',
  );
}

function beginningOf(secret: string, length: number): RegExp {
  return new RegExp(`${isShort(secret) ? noWordBefore : ''}${literal(secret.slice(0, length))}$`, 'u');
}

const noWordBefore = '(?<![\\p{L}\\p{N}_])';
const noWordAfter = '(?![\\p{L}\\p{N}_])';

function isShort(secret: string): boolean {
  return secret.length < shortSecret;
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** Without the cause, which may contain the credential. */
function withMessage(error: RetakeError, message: string): RetakeError {
  const {code, status, hint, field, headers, contextLength, answered} = error;
  return new RetakeError(code, message, {status, hint, field, headers, contextLength, answered});
}
