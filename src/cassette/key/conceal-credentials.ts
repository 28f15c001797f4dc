import {credentialPlaceholder, shortestCredential} from '../../chat/credential-placeholder.js';
import {type ClientRequest, type WireAnswer, wireBody} from '../../chat/wire.js';
import type {TakeAnswer} from '../take.js';
import {redactTake} from './redact.js';

const credentialHeader =
  /^(?!idempotency)(?:authorization|proxy-authorization|cookie|(?:x-)?(?:goog-)?api-key|x-api-key|x-goog-api-key|.*[-_](?:token|secret|key))$/i;

/** An answer without the credentials of its request, and without the secrets of retake's own. */
export function concealCredentials(
  answer: TakeAnswer,
  client: ClientRequest | undefined,
  ownSecrets: readonly string[] = [],
): TakeAnswer {
  const secrets = longestFirst([...ownSecrets, ...(client ? credentialsOf(client) : [])]);
  if (secrets.length === 0) return answer;
  const conceal = (text: string) =>
    secrets.reduce((current, secret) => current.replaceAll(secret, credentialPlaceholder), text);
  const {wire, ...rest} = redactTake(answer, conceal);
  if (!wire) return rest;
  const headers = Object.fromEntries(
    Object.entries(wire.headers).map(([name, value]) => [name, conceal(value)]),
  );
  return {...rest, wire: {...wire, headers, pieces: withoutSecrets(wire, secrets)}};
}

/** Sound and pictures have no text that could be redacted: there, asterisks of the same length keep everything else in its place. */
function withoutSecrets(wire: WireAnswer, secrets: readonly string[]): WireAnswer['pieces'] {
  const body = wireBody(wire);
  const held = secrets.map(secret => Buffer.from(secret)).filter(secret => body.includes(secret));
  if (held.length === 0) return wire.pieces;
  for (const secret of held) {
    for (let at = body.indexOf(secret); at >= 0; at = body.indexOf(secret, at))
      body.fill('*', at, at + secret.length);
  }
  return [{at: wire.pieces[0]?.at ?? 0, bytes: body}];
}

function credentialsOf({headers, query, ownKey}: ClientRequest): readonly string[] {
  const values: string[] = ownKey === undefined ? [] : [ownKey];
  for (let index = 0; index < headers.length; index += 2) {
    const [name = '', value = ''] = headers.slice(index, index + 2);
    if (credentialHeader.test(name)) values.push(value, value.split(/\s+/).at(-1) ?? '');
  }
  for (const [name, value] of new URLSearchParams(query)) {
    if (/^(?:key|access_token|oauth_token|api[-_]key|token)$/i.test(name)) values.push(value);
  }
  return values;
}

/** The longest first, so that `Bearer KEY` is one placeholder. */
function longestFirst(values: readonly string[]): readonly string[] {
  const distinct = [...new Set(values)].filter(value => value.length >= shortestCredential);
  return distinct.sort((a, b) => b.length - a.length);
}
