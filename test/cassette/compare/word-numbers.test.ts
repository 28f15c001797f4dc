import test from 'ava';
import fc from 'fast-check';
import {WordNumbers} from '../../../src/cassette/compare/word-numbers.js';

const text = fc.oneof(
  fc.string({unit: 'grapheme', maxLength: 40}),
  fc.string({unit: 'grapheme-ascii', maxLength: 80}),
  fc
    .array(fc.constantFrom('a', 'B', 'ab', 'Ab', '1', 'word', ' ', '-', 'é', 'K', '\0'), {maxLength: 20})
    .map(parts => parts.join('')),
);

test('equal words have equal numbers, in the order in which they were first seen, and each counts once', t => {
  fc.assert(
    fc.property(fc.array(text, {maxLength: 6}), texts => {
      const numbers = new WordNumbers();
      const seen: string[] = [];
      for (const one of texts) {
        const words = [...new Set(one.toLowerCase().match(/[\p{L}\p{N}]+/gu))];
        for (const word of words) if (!seen.includes(word)) seen.push(word);
        t.deepEqual(
          numbers.in(one),
          words.map(word => seen.indexOf(word)),
        );
      }
    }),
    {numRuns: 500},
  );
});

test('ten thousands of words keep their numbers', t => {
  const numbers = new WordNumbers();
  const words = Array.from({length: 30_000}, (_, index) => `w${index} ${index}x`);
  const first = words.map(word => numbers.in(word));
  t.deepEqual(
    first.flat(),
    Array.from({length: 60_000}, (_, index) => index),
  );
  t.deepEqual(
    words.map(word => numbers.in(word.toUpperCase())),
    first,
  );
});
