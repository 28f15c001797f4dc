import test from 'ava';
import fc from 'fast-check';
import {defaultKeySettings} from '../../../src/cassette/key/key-settings.js';
import {createViewer} from '../../../src/cassette/key/matching-view.js';
import {createRedactor} from '../../../src/cassette/key/redact.js';
import {createStoredRedactor} from '../../../src/cassette/key/redact-stored.js';
import {SecretFreeMemory} from '../../../src/cassette/key/secret-free-texts.js';
import {hasSecret, secretRules} from '../../../src/cassette/key/secret-rules.js';

const letters = (length: number) => 'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7'.repeat(10).slice(0, length);
const hex = (length: number) => '0123456789abcdef'.repeat(10).slice(0, length);

/** Each secret in the words that usually stand around it; `{…}` is what must go. */
const planted: readonly (readonly [rule: string, text: string])[] = [
  ['api-key', `OPENAI_API_KEY={sk-proj-${letters(48)}}`],
  ['api-key', `use {sk-ant-api03-${letters(90)}}, please`],
  ['api-key', `{sk-or-v1-${hex(64)}}`],
  ['groq-key', `GROQ_API_KEY={gsk_${letters(52)}}`],
  ['xai-key', `{xai-${letters(80)}}`],
  ['replicate-token', `{r8_${letters(37)}}`],
  ['langsmith-key', `{lsv2_pt_${hex(32)}_${hex(10)}}`],
  ['provider-key', `NVIDIA_API_KEY={nvapi-${letters(64)}}`],
  ['provider-key', `{csk-${hex(48)}}`],
  ['provider-key', `FIREWORKS_API_KEY={fw_${letters(24)}}`],
  ['provider-key', `{tgp_v1_${letters(43)}}`],
  ['provider-key', `AI_GATEWAY_API_KEY={vck_${letters(60)}}`],
  ['provider-key', `AWS_BEARER_TOKEN_BEDROCK={ABSK${letters(120)}==}`],
  ['provider-key', `{bedrock-api-key-${letters(200)}}`],
  ['provider-key', `DATABRICKS_TOKEN={dapi${hex(32)}}`],
  ['provider-key', `?key={AQ.Ab8R${letters(46)}}`],
  ['provider-key', `{esecret_${hex(30)}}`],
  ['provider-key', `VOYAGE_API_KEY={pa-${letters(43)}}`],
  ['provider-key', `{tvly-dev-${letters(32)}}`],
  ['provider-key', `{jina_${hex(32)}${letters(28)}}`],
  ['provider-key', `{pcsk_5${letters(5)}_${letters(63)}}`],
  ['hugging-face-token', `{hf_${letters(34)}}`],
  ['perplexity-key', `{pplx-${letters(48)}}`],
  ['google-api-key', `?key={AIza${letters(35)}}`],
  ['google-oauth-token', `{ya29.${letters(60)}}`],
  ['google-oauth-secret', `"client_secret":"{GOCSPX-${letters(28)}}"`],
  ['npm-token', `_authToken={npm_${letters(36)}}`],
  ['pypi-token', `password = {pypi-AgEIcHlwaS5vcmc${letters(80)}}`],
  ['sendgrid-key', `{SG.${letters(22)}.${letters(43)}}`],
  ['digitalocean-token', `{dop_v1_${hex(64)}}`],
  ['telegram-token', `bot {123456789:${letters(35)}} said`],
  ['slack-token', `{xoxb-123456789012-${letters(24)}}`],
  ['slack-token', `{xapp-1-A0${letters(40)}}`],
  ['stripe-key', `{sk_live_${letters(24)}}`],
  ['github-token', `{ghp_${letters(36)}}`],
  ['github-token', `{github_pat_${letters(60)}}`],
  ['gitlab-token', `{glpat-${letters(20)}}`],
  ['aws-access-key', '{AKIAIOSFODNN7EXAMPLE}'],
  ['aws-secret-key', 'aws_secret_access_key = {wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY}'],
  ['aws-secret-key', '"AWSSecretKey": "{wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY}"'],
  ['azure-account-key', `AccountName=a;AccountKey={${letters(86)}==};EndpointSuffix=x`],
  ['azure-sas', `https://a.blob.core.windows.net/b?sv=2022&sig={${letters(43)}%3D}`],
  ['jwt', 'token {eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P}'],
  ['bearer-token', `authorization: BEARER {${letters(30)}}`],
  ['bearer-token', `authorization: Bearer {${letters(30)}}`],
  ['basic-credentials', 'authorization: bASIC {YWxpY2U6d29uZGVybGFuZA==}'],
  ['url-password', 'postgres://alice:{wonder land}@db.example/app'.replace(' ', '')],
  ['private-key', `{-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----}`],
  ['private-key', `{-----BEGIN OPENSSH PRIVATE KEY-----\n${letters(64)}\n${letters(64)}\n${letters(40)}==}`],
  ['private-key', `{-----BEGIN PRIVATE KEY-----\\n${letters(64)}\\n${letters(64)}}" and more`],
  [
    'private-key',
    `{-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${letters(64)}\n-----END PGP PRIVATE KEY BLOCK-----}`,
  ],
];

for (const [index, [rule, text]] of planted.entries()) {
  test(`planted secret ${index + 1} is found: ${rule}`, t => {
    const [before = '', secret = '', after = ''] = text.split(/[{}]/);
    const expected = `${before}<redacted:${rule}:1>${after}`;
    const original = before + secret + after;
    t.is(createRedactor([])().redactValue(original), expected);
    t.is(createStoredRedactor([])(original).view, expected);
    t.is(createStoredRedactor([])(expected).view, expected);
  });
}

test('words that only look like the beginning of a secret stay', t => {
  for (const text of [
    'A basic internationalization of bearer bonds',
    'The task-force asked a risk-averse person',
    'http://localhost:8080/a@b and mailto:me@example.com',
    'It says -----BEGIN PRIVATE KEY----- and then nothing.',
    '12345678: a number',
    'fw_update pa-tient csk-1 nvapi-docs AQ.Ab dapi1',
    '2026-11-29T09:43:00Z 10.0.0.1:8080',
  ]) {
    t.is(createRedactor([])().redactValue(text), text);
  }
});

/** Processor time in milliseconds: 50 MB are to take less than 2 s; the bound is generous, and a quadratic search takes hours. */
const size = 50 * 1024 * 1024;
const mostMs = 8000;

for (const unit of ['-eyJ', '-----BEGIN PRIVATE KEY-----\n', '://a:', '.eyJaaaaaaaa', 'bearer ', 'a']) {
  test.serial(
    `50 MB of ${JSON.stringify(unit)} are searched in linear time, and others have their turn`,
    async t => {
      const text = unit.repeat(Math.ceil(size / unit.length));
      let turns = 0;
      let isDone = false;
      const count = () => {
        turns++;
        if (!isDone) setImmediate(count);
      };
      setImmediate(count);
      const begin = process.cpuUsage();
      const memory = new SecretFreeMemory();
      await memory.search({messages: [{text}]});
      const redacted = createRedactor([], memory)().redactValue(text);
      const {user, system} = process.cpuUsage(begin);
      isDone = true;
      if (unit !== '.eyJaaaaaaaa') {
        t.is(redacted, text);
        // A step is a megabyte of one rule.
        t.true(turns >= 50 * secretRules.length * 0.9, `${turns} turns`);
      }
      t.true((user + system) / 1000 < mostMs, `${(user + system) / 1000} ms`);
    },
  );
}

test('a secret is found wherever it stands in a long text', async t => {
  const [, jwt = ''] = planted.find(([rule]) => rule === 'jwt')?.[1].split(/[{}]/) ?? [];
  const step = 1 << 20;
  for (const offset of [0, step - 30, step - 10, step - 1, step, step + 1, 3 * step - 40]) {
    const text = `${'x '.repeat(2 * step).slice(0, Math.max(0, offset - 1))} ${jwt} ${'y '.repeat(step)}`;
    const memory = new SecretFreeMemory();
    await memory.search(text);
    t.false(memory.has(text), String(offset));
  }
});

test('a law: a text without the signs of a rule has no secret of it', t => {
  const pieces = planted.map(([, text]) => text.replaceAll(/[{}]/g, ''));
  const cut = fc
    .tuple(fc.constantFrom(...pieces), fc.nat(40), fc.nat(40))
    .map(([text, start, end]) => text.slice(start % 8, Math.max(8, text.length - (end % 9))));
  const part = fc.oneof(
    cut,
    fc.constantFrom(...pieces),
    fc.string(),
    fc.constantFrom(' ', 'K', 'ſ', '-', '_'),
  );
  fc.assert(
    fc.property(fc.array(part, {maxLength: 4}), fc.constantFrom(0, 1, 2), (parts, spelling) => {
      const whole = parts.join('');
      const text = spelling === 0 ? whole : spelling === 1 ? whole.toUpperCase() : whole.toLowerCase();
      t.is(
        hasSecret(text),
        secretRules.some(({next}) => next(text, 0, text.length) !== undefined),
      );
    }),
    {numRuns: 2000},
  );
});

test('a law: the search in steps and the search at once agree', async t => {
  const pieces = planted.map(([, text]) => text.replaceAll(/[{}]/g, ''));
  const part = fc.oneof(
    fc.constantFrom(...pieces),
    fc.string(),
    fc.constantFrom(' ', '.', '-', 'eyJ', '://', ':', '@'),
  );
  fc.assert(
    fc.property(fc.array(part, {maxLength: 12}), fc.integer({min: 1, max: 40}), (parts, step) => {
      const text = parts.join('');
      for (const {next} of secretRules) {
        let stepped: boolean = false;
        for (let from = 0; from < text.length && !stepped; from += step) {
          stepped = next(text, from, Math.min(text.length, from + step)) !== undefined;
        }
        t.is(stepped || next(text, 0, text.length) === undefined, true);
      }
    }),
    {numRuns: 200},
  );
});

test('a pattern without an end is stopped with an error that names its rule', t => {
  const text = `${'a'.repeat(50)}!`;
  const slow = '(a+)+$';
  const expected = {code: 'invalid_setting', message: /rule .* takes too long/};
  const request = {kind: 'chat', messages: [{role: 'user', content: [{type: 'text', text}]}]} as never;
  const begin = process.cpuUsage();
  for (const settings of [{redact: [{name: 'mine', pattern: slow}]}, {ignore: [{pattern: slow}]}]) {
    const {viewOf} = createViewer({...defaultKeySettings, ...settings});
    const error = t.throws(() => viewOf(request), expected);
    t.regex(error?.message ?? '', /mine|\(a\+\)\+\$/);
  }
  t.throws(() => createStoredRedactor([{name: 'mine', pattern: slow}])(text), expected);
  t.true(process.cpuUsage(begin).user < 20_000_000);
});

test('patterns that end do what they did', t => {
  const {viewOf} = createViewer({
    ...defaultKeySettings,
    redact: [{name: 'badge', pattern: 'B-\\d{4}'}],
    ignore: [{pattern: '\\d{4}-\\d\\d-\\d\\d'}],
  });
  const {view} = viewOf({text: 'B-1234 on 2026-11-29'} as never);
  t.deepEqual(view, {text: '<redacted:badge:1> on <ignored>'} as never);
});
