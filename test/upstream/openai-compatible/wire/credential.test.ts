import test from 'ava';
import fc from 'fast-check';
import {RetakeError} from '../../../../src/errors.js';
import {parseCredential} from '../../../../src/upstream/openai-compatible/wire/credential.js';

const none = {userInfo: undefined};

const headersOf = test.macro({
  title: (_, authorization: string) => `reads ${JSON.stringify(authorization)}`,
  exec(t, authorization: string, headers: Record<string, string>) {
    t.deepEqual(parseCredential(authorization, none).headers, headers);
  },
});

test(headersOf, 'Authorization: Bearer abc123', {authorization: 'Bearer abc123'});
test(headersOf, 'X-Proxy-Token: secret', {'x-proxy-token': 'secret'});
test(headersOf, 'api-key:secret ', {'api-key': 'secret'});
test(headersOf, 'Bearer abc123', {authorization: 'Bearer abc123'});
test(headersOf, 'Bearer abc:123', {authorization: 'Bearer abc:123'});
test(headersOf, 'Basic YTpi', {authorization: 'Basic YTpi'});

test('without a credential no header is sent, and errors are unchanged', t => {
  const credential = parseCredential(undefined, none);
  t.deepEqual(credential.headers, {});
  const error = new RetakeError('upstream_failed', 'some text');
  t.is(credential.conceal(error), error);
});

test('the user name and password of the address become basic authentication', t => {
  const credential = parseCredential(undefined, {userInfo: {name: 'ann', password: 'pass'}});
  t.deepEqual(credential.headers, {authorization: `Basic ${btoa('ann:pass')}`});
  const error = new RetakeError('upstream_failed', `no user ann:pass, ${btoa('ann:pass')}`);
  t.is(credential.conceal(error).message, 'no user <credential>, <credential>');
});

test('a credential is hidden if an error repeats it, with or without its scheme', t => {
  const {conceal} = parseCredential('Authorization: Bearer abc123', none);
  const details = {status: 418, hint: 'h', field: 'f', cause: new Error('abc123')};
  const concealed = conceal(
    new RetakeError('upstream_rejected', 'bad key abc123 in "Bearer abc123"', details),
  );
  t.is(concealed.message, 'bad key <credential> in "<credential>"');
  t.like(concealed, {code: 'upstream_rejected', status: 418, hint: 'h', field: 'f', cause: undefined});
});

test('a credential is hidden where the quoted text was cut off in the middle of it', t => {
  const secret = 'sk-Zq7Kp2mXw9Rt4Yb8Nc3V';
  const {conceal} = parseCredential(`Authorization: Bearer ${secret}`, none);
  const told = (message: string) => conceal(new RetakeError('upstream_failed', message)).message;
  for (let length = 4; length < secret.length; length++) {
    t.is(told(`bad key ${secret.slice(0, length)}…`), 'bad key <credential>…');
  }
  t.is(told(`${secret.slice(0, 9)}… and ${secret.slice(0, 9)}`), `<credential>… and ${secret.slice(0, 9)}`);
  const short = parseCredential('token12', none);
  t.is(short.conceal(new RetakeError('upstream_failed', 'max_token…')).message, 'max_token…');
  t.is(short.conceal(new RetakeError('upstream_failed', 'key token…')).message, 'key <credential>…');
});

test('a short credential is hidden only as a whole token', t => {
  const {conceal} = parseCredential('tok', none);
  const told = (message: string) => conceal(new RetakeError('upstream_rejected', message)).message;
  t.is(told('max_tokens is too large for token tok'), 'max_tokens is too large for token <credential>');
  t.is(
    told('"tok", (tok) tok: Bearer:tok'),
    '"<credential>", (<credential>) <credential>: Bearer:<credential>',
  );
});

test('law: a long credential is hidden wherever it stands, whatever its characters', t => {
  const secrets = fc.string({
    unit: fc.constantFrom(...'aZ0.$^*+?()[]{}|/\\\\-=_'),
    minLength: 16,
    maxLength: 40,
  });
  fc.assert(
    fc.property(secrets, fc.string(), fc.string(), (secret, before, after) => {
      const {conceal} = parseCredential(`x-key: ${secret}`, none);
      t.false(conceal(new RetakeError('upstream_failed', before + secret + after)).message.includes(secret));
    }),
  );
});

const refused = test.macro({
  title: (_, what: string) => `refuses ${what} without showing it`,
  exec(t, _what: string, authorization: string) {
    const error = t.throws(() => parseCredential(authorization, none), {code: 'invalid_setting'});
    t.notRegex(`${error?.message} ${JSON.stringify(error)}`, /s3cret/);
  },
});

test(refused, 'an empty credential', '');
test(refused, 'a header without a value', 'Authorization:');
test(refused, 'a line break', 'Authorization: Bearer s3cret\r\nHost: other');
test(refused, 'characters that are invalid in a header', 'Authorization: Bearer s3cret☃');
