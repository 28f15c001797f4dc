import test from 'ava';
import fc from 'fast-check';
import {answerDigest} from '../../../src/cassette/rows/answer-digest.js';
import {readAnswer, storeAnswer} from '../../../src/cassette/rows/stored-wire.js';
import type {Take, TakeError} from '../../../src/cassette/take.js';
import {omitUndefined} from '../../../src/chat/omit-undefined.js';
import {type ErrorCode, errorCatalogue} from '../../../src/errors.js';
import {errorTakeOf, takeOf} from '../../support/recordings.js';

const text = fc.string({unit: 'grapheme', maxLength: 20});

const arbitraryError: fc.Arbitrary<TakeError> = fc
  .record({
    status: fc.integer({min: 400, max: 599}),
    code: fc.constantFrom(...(Object.keys(errorCatalogue) as ErrorCode[])),
    message: text,
    hint: fc.option(text, {nil: undefined}),
    field: fc.option(text, {nil: undefined}),
    headers: fc.option(fc.dictionary(fc.constantFrom('retry-after', 'x-ratelimit-a'), text), {
      nil: undefined,
    }),
  })
  .map(error => omitUndefined(error) as TakeError);

const arbitraryErrorTake: fc.Arbitrary<Take> = fc
  .tuple(arbitraryError, fc.option(text, {nil: undefined}))
  .map(([error, body]) => {
    const take = errorTakeOf(error.status, body);
    return {...take, error};
  });

test('law: a stored error is read as it was, and stored again as the same text', t => {
  fc.assert(
    fc.property(arbitraryErrorTake, ({chunks, wire, error}) => {
      const stored = storeAnswer({chunks, wire, error});
      const read = readAnswer(stored);
      t.deepEqual(read.error, error);
      t.deepEqual(read.chunks, chunks);
      t.is(storeAnswer(read), stored);
    }),
  );
});

test('law: an error is the same answer as another only with its status, code, message and bytes', t => {
  fc.assert(
    fc.property(arbitraryErrorTake, arbitraryErrorTake, (one, other) => {
      const said = ({error, wire}: Take) =>
        JSON.stringify([
          {...error, headers: undefined},
          wire?.pieces.map(({bytes}) => Buffer.from(bytes).toString('hex')),
        ]);
      t.is(answerDigest(one) === answerDigest(other), said(one) === said(other));
      t.not(answerDigest(one), answerDigest(takeOf('Hello')));
    }),
  );
});

for (const [what, change] of [
  ['a status of a success', (text: string) => text.replaceAll('"status":429', '"status":200')],
  ['another member', (text: string) => text.replace('"message"', '"more":1,"message"')],
  ['content', (text: string) => text.replace('"raw":"error"', '"raw":"stop"')],
  ['bytes of an answer', (text: string) => text.replace(/("wire".*)"status":429/, '$1"status":200')],
  ['neither an error nor bytes', (text: string) => text.replace(/,"error".*$/, '}')],
] as const) {
  test(`a stored error with ${what} is refused`, t => {
    const stored = storeAnswer(errorTakeOf(429, '{}'));
    const changed = change(stored);
    t.not(changed, stored);
    t.throws(() => readAnswer(changed));
  });
}
