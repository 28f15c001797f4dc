import test from 'ava';
import {
  contextLengthIn,
  isContextExceeded,
} from '../../src/upstream/openai-compatible/wire/context-length.js';

const messages: readonly (readonly [string, {tokens: number; limit: number} | undefined])[] = [
  [
    'request (5007 tokens) exceeds the available context size (4096 tokens), try increasing it',
    {tokens: 5007, limit: 4096},
  ],
  ['the request exceeds the available context size. try increasing the context size', undefined],
  ['Requested tokens (2285) exceed context window of 2048', {tokens: 2285, limit: 2048}],
  [
    "This model's maximum context length is 4097 tokens. However, your messages resulted in 4275 tokens. Please reduce the length of the messages.",
    {tokens: 4275, limit: 4097},
  ],
  [
    "This model's maximum context length is 2048 tokens. However, you requested 2500 tokens (2000 in the messages, 500 in the completion).",
    {tokens: 2500, limit: 2048},
  ],
];

for (const [message, expected] of messages) {
  test(`a server that says "${message.slice(0, 60)}…" is understood`, t => {
    t.true(isContextExceeded(message));
    t.deepEqual(contextLengthIn({error: {message}}, message), expected);
  });
}

test('llama-server tells both counts in members of their own', t => {
  const error = {message: 'the request exceeds', n_prompt_tokens: 14_429, n_ctx: 8192};
  t.deepEqual(contextLengthIn({error}), {tokens: 14_429, limit: 8192});
  t.is(contextLengthIn({error: {n_ctx: 1}}), undefined);
  t.is(contextLengthIn([]), undefined);
});
