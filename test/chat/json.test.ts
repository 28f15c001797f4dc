import test from 'ava';
import fc from 'fast-check';
import {type JsonValue, parseJson, stringifyJson} from '../../src/chat/json.js';
import {RetakeError} from '../../src/errors.js';

const parses = test.macro({
  exec(t, text: string, value: JsonValue) {
    t.deepEqual(parseJson(text), value);
  },
  title: (given, text) => given ?? `${text} is JSON`,
});

test(parses, 'null', null);
test(parses, ' {"a" : [ 1 , true , "x" ] } ', {a: [1, true, 'x']});
test(parses, '1.0', 1);
test(parses, '1e2', 100);
test(parses, '9007199254740991', 9007199254740991);
test(parses, '-9007199254740991', -9007199254740991);
test(parses, '9007199254740992', 9007199254740992n);
test(parses, '-12345678901234567890', -12345678901234567890n);
test(parses, '{"a":[12345678901234567890,1.5,1e3]}', {a: [12345678901234567890n, 1.5, 1000]});
test(parses, '0.1234567890123456789', 0.12345678901234568);
test(parses, '"12345678901234567890"', '12345678901234567890');
test(parses, '{"toString":1,"constructor":2,"hasOwnProperty":3}', {
  toString: 1,
  constructor: 2,
  hasOwnProperty: 3,
} as never);
test(parses, '{"":0}', {'': 0});
test(parses, '"\\ud83d\\ude00"', '😀');
test(parses, '{"a:b":"c\\\\","d\\"e":"{[:"}', {'a:b': 'c\\', 'd"e': '{[:'});
test('the same key in two objects is no duplicate', parses, '[{"a":1},{"a":{"a":2}}]', [{a: 1}, {a: {a: 2}}]);

const refuses = test.macro({
  exec(t, text: string | Uint8Array, reason: RegExp) {
    const error = t.throws(() => parseJson(text), {instanceOf: RetakeError});
    t.is(error?.code, 'invalid_request');
    t.regex(error?.message ?? '', reason);
  },
  title: (given, text) => given ?? `${text} is refused`,
});

test('an empty text', refuses, '', /Invalid JSON/);
test(refuses, '{', /Invalid JSON/);
test(refuses, '{"a":1} x', /Invalid JSON/);
test(refuses, '{"a":1}{"b":2}', /Invalid JSON/);
test(refuses, '[1,]', /Invalid JSON/);
test(refuses, '{a:1}', /Invalid JSON/);
test(refuses, "{'a':1}", /Invalid JSON/);
test(refuses, '// note\n1', /Invalid JSON/);
test(refuses, 'NaN', /Invalid JSON/);
test(refuses, '01', /Invalid JSON/);
test(refuses, '[12345678901234567890,]', /Invalid JSON/);
test(refuses, '1e400', /out of range/);
test(refuses, '{"a":-1e999}', /out of range/);
test('an integer of 400 digits', refuses, '9'.repeat(400), /out of range/);
test(refuses, '{"a":1,"a":1}', /same key twice/);
test(refuses, '{"a":1,"\\u0061":2}', /same key twice/);
test(refuses, '{"a":12345678901234567890,"a":12345678901234567890}', /same key twice/);
test(refuses, '[{"x":{"a":1,"b":2,"a":3}}]', /same key twice/);
test(refuses, '{"__proto__":1}', /__proto__/);
test(refuses, '{"__proto__":{"a":12345678901234567890}}', /__proto__/);
test(refuses, '"\\ud800"', /lone surrogate/);
test(refuses, '{"\\udc00":1}', /lone surrogate/);
test('bytes that are not UTF-8', refuses, new Uint8Array([0x22, 0xff, 0x22]), /UTF-8/);
test('a truncated character', refuses, new TextEncoder().encode('"é"').slice(0, 2), /UTF-8/);
test('10,000 levels of nesting', refuses, '['.repeat(10_000) + ']'.repeat(10_000), /deeper than 200/);
test('10,000 levels that are never closed', refuses, '{"a":'.repeat(10_000), /deeper than 200/);

test('nesting is allowed up to the limit, and brackets in strings do not count', t => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  t.notThrows(() => parseJson(nested(3), {maxDepth: 3}));
  t.throws(() => parseJson(nested(4), {maxDepth: 3}), {instanceOf: RetakeError});
  t.notThrows(() => parseJson(`["${'['.repeat(50)}\\"${'{'.repeat(50)}"]`, {maxDepth: 3}));
});

/** Values as the parser returns them: no integer beyond 2^53 is a number. */
const {value: jsonValue} = fc.letrec<{value: JsonValue}>(tie => ({
  value: fc.oneof(
    {maxDepth: 4},
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger(),
    fc.double({noNaN: true, noDefaultInfinity: true}).filter(number => !Number.isInteger(number)),
    fc.bigInt().filter(integer => integer > 2n ** 53n || integer < -(2n ** 53n)),
    fc.string({unit: 'binary'}),
    fc.array(tie('value'), {maxLength: 4}),
    fc
      .dictionary(fc.string({unit: 'binary', maxLength: 4}), tie('value'), {
        maxKeys: 4,
        noNullPrototype: true,
      })
      .filter(object => !Object.hasOwn(object, '__proto__')),
  ),
}));

test('stringified values parse back to the last digit', t => {
  fc.assert(
    fc.property(jsonValue, value => {
      const text = stringifyJson(value);
      t.deepEqual(parseJson(text), value);
      t.deepEqual(parseJson(new TextEncoder().encode(text)), value);
      t.is(stringifyJson(parseJson(text)), text);
    }),
  );
});

test('any text is either parsed as JSON.parse does or refused as an invalid_request', t => {
  const fragments = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '"a"',
    '1',
    '1e5',
    '9'.repeat(17),
    'null',
    ' ',
  );
  fc.assert(
    fc.property(fc.array(fragments, {maxLength: 12}), parts => {
      const text = parts.join('');
      const ours = attempt(() => JSON.parse(stringifyJson(parseJson(text))));
      const theirs = attempt(() => JSON.parse(text));
      if (ours.error !== undefined) {
        t.true(ours.error instanceof RetakeError);
        // Stricter than JSON.parse: duplicate keys, and numbers that overflow to infinity.
        if (theirs.error === undefined) t.regex(String(ours.error), /same key twice|out of range/);
      } else t.deepEqual(ours.value, theirs.value);
    }),
    {numRuns: 2000},
  );
});

function attempt(read: () => unknown): {value?: unknown; error?: unknown} {
  try {
    return {value: read()};
  } catch (error) {
    return {error};
  }
}
