import test from 'ava';
import {createRedactor} from '../../../src/cassette/key/redact.js';
import type {Take} from '../../../src/cassette/take.js';
import type {AnswerChunk} from '../../../src/chat/chunk.js';

const openAiKey = `sk-proj-${'a1B2'.repeat(10)}`;
const otherKey = `sk-proj-${'z9Y8'.repeat(10)}`;
const secrets: readonly (readonly [string, string])[] = [
  ['api-key', openAiKey],
  ['google-api-key', `AIza${'x'.repeat(35)}`],
  ['github-token', `ghp_${'A'.repeat(36)}`],
  ['aws-access-key', 'AKIAIOSFODNN7EXAMPLE'],
  ['jwt', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P'],
  ['private-key', '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----'],
  ['slack-token', 'xoxb-123456789012-abcdefghij'],
];

for (const [rule, secret] of secrets) {
  test(`a ${rule} becomes a placeholder, and the words around it stay`, t => {
    const redaction = createRedactor([])();
    t.is(redaction.redactValue(`before ${secret} after`), `before <redacted:${rule}:1> after`);
  });
}

test('different secrets in one request get different placeholders, equal secrets the same one', t => {
  const redaction = createRedactor([])();
  t.is(
    redaction.redactValue(`${openAiKey} ${otherKey} ${openAiKey}`),
    '<redacted:api-key:1> <redacted:api-key:2> <redacted:api-key:1>',
  );
});

test('a rotated secret gives the same text', t => {
  const redact = createRedactor([]);
  t.is(redact().redactValue(`key ${openAiKey}`), redact().redactValue(`key ${otherKey}`));
});

test('rules of the configuration extend the built-in ones', t => {
  const redaction = createRedactor([{name: 'badge', pattern: 'B-\\d{4}'}])();
  t.is(redaction.redactValue('B-1234 B-9999'), '<redacted:badge:1> <redacted:badge:2>');
});

test('a secret in an answer is redacted even if it is split across deltas', t => {
  const redaction = createRedactor([])();
  redaction.redactValue(otherKey);
  redaction.redactValue(openAiKey);
  const chunks = takeOf(['Your key is ', openAiKey.slice(0, 9), openAiKey.slice(9), '.']);
  const text = redaction
    .redactAnswer({chunks})
    .chunks.map(({chunk}) => ('text' in chunk ? chunk.text : ''))
    .join('');
  t.is(text, 'Your key is <redacted:api-key:2>.');
});

test('a redacted text that goes on after a call stays there, unless the secret began before it', t => {
  const call = {at: 1, chunk: {type: 'tool-call-start', candidate: 0, call: 0, name: 'f'} as const};
  const redactedTexts = (before: string, after: string) => {
    const [start, first, second, end] = takeOf([before, after]);
    if (!first || !second || !end) throw new Error('An answer has two texts and an end');
    return createRedactor([])()
      .redactAnswer({chunks: [start, first, call, second, end]})
      .chunks.flatMap(({chunk}) =>
        'text' in chunk ? [chunk.text] : chunk.type === 'tool-call-start' ? ['!'] : [],
      );
  };
  t.deepEqual(redactedTexts(`It is ${openAiKey}.`, `No, ${otherKey}.`), [
    'It is <redacted:api-key:1>.',
    '!',
    'No, <redacted:api-key:2>.',
  ]);
  t.deepEqual(redactedTexts(`It is ${openAiKey.slice(0, 20)}`, `${openAiKey.slice(20)}.`), [
    'It is <redacted:api-key:1>.',
    '!',
  ]);
});

test('the arguments of a tool call are redacted as a whole', t => {
  const [start, , end] = takeOf(['']);
  const deltas = [openAiKey.slice(0, 9), `${openAiKey.slice(9)}"}`].map(text => ({
    at: 1,
    chunk: {type: 'tool-call-delta', candidate: 0, call: 0, text} as const,
  }));
  if (!start || !end) throw new Error('An answer has a start and an end');
  const name = {at: 1, chunk: {type: 'tool-call-start', candidate: 0, call: 0, name: 'log'} as const};
  const opening = {at: 1, chunk: {type: 'tool-call-delta', candidate: 0, call: 0, text: '{"key":"'} as const};
  const chunks = createRedactor([])().redactAnswer({chunks: [start, name, opening, ...deltas, end]}).chunks;
  t.deepEqual(
    chunks.map(({chunk}) => chunk),
    [start.chunk, name.chunk, {...opening.chunk, text: '{"key":"<redacted:api-key:1>"}'}, end.chunk],
  );
});

test('log probabilities that spell out a secret are removed', t => {
  const logprobs = [{token: openAiKey, bytes: [], logprob: 0, top: []}];
  const chunks = takeOf([openAiKey]).map(timed =>
    timed.chunk.type === 'text-delta' ? {...timed, chunk: {...timed.chunk, logprobs}} : timed,
  ) as unknown as Take['chunks'];
  t.false(JSON.stringify(createRedactor([])().redactAnswer({chunks}).chunks).includes(openAiKey));
});

test('an answer without a secret keeps its deltas', t => {
  const chunks = takeOf(['Pa', 'ris']);
  t.is(createRedactor([])().redactAnswer({chunks}).chunks, chunks);
});

function takeOf(texts: readonly string[]): Take['chunks'] {
  const start: AnswerChunk = {type: 'reply-start', answeredBy: {model: 'm'}};
  const end: AnswerChunk = {type: 'reply-end', finish: [{unified: 'stop', raw: 'stop'}]};
  const deltas = texts.map((text, index) => ({
    at: index,
    chunk: {type: 'text-delta', candidate: 0, text} as const,
  }));
  return [{at: 0, chunk: start}, ...deltas, {at: 9, chunk: end}];
}
