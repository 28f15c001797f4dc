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

const digits = 'ABCDwxyz0189+/-_';

/** Strings around the length from which on base64 is parsed apart from the rest, some of them with a character that is none. */
const longString = fc
  .record({
    head: fc.constantFrom('', 'data:application/pdf;base64,', 'data:;base64,', 'data:text/plain,'),
    length: fc.integer({min: 64 * 1024 - 3, max: 64 * 1024 + 9}),
    times: fc.constantFrom(1, 2, 3),
    end: fc.constantFrom('', '=', '==', '===', 'A'),
    odd: fc.constantFrom(
      '',
      '',
      '',
      ' ',
      '=',
      'é',
      'Ł',
      '\\n',
      '\\u0041',
      '\n',
      '\u0000',
      '\ud841',
      '\ud83d\ude00',
      '"',
    ),
    at: fc.nat(),
  })
  .map(({head, length, times, end, odd, at}) => {
    const data = digits.repeat(length / digits.length + 1).slice(0, length);
    const whole = data.repeat(times);
    const place = at % whole.length;
    return `"${head}${whole.slice(0, place)}${odd}${whole.slice(place)}${end}"`;
  });

test('long base64 is parsed as JSON.parse does, or refused', t => {
  const mark = fc.constantFrom(
    '"retake:base64:0"',
    '"retake:base64:\\u0030"',
    '"a"',
    '1',
    '9007199254740993',
  );
  const shape = fc.constantFrom(
    (one: string, two: string) => `{"a":${one},"b":[${two}]}`,
    (one: string, two: string) => `[${two}, ${one} ,{"__x":${one}}]`,
    (one: string, two: string) => `{"a":{"7":${two}},"b":${one}}`,
    (one: string) => `{${one.startsWith('"') ? one : '"n"'} : 1}`,
    (one: string) => one,
    (one: string) => one.slice(0, -1),
  );
  fc.assert(
    fc.property(shape, longString, fc.oneof(mark, longString), fc.boolean(), (join, one, two, isSwapped) => {
      const text = isSwapped ? join(two, one) : join(one, two);
      const ours = attempt(() => JSON.parse(stringifyJson(parseJson(text))));
      const theirs = attempt(() => JSON.parse(text.replaceAll('9007199254740993', '9007199254740992')));
      if (ours.error === undefined) t.deepEqual(ours.value, theirs.value);
      else if (theirs.error === undefined) t.regex(String(ours.error), /lone surrogate/);
      else t.true(String(ours.error).includes(String((theirs.error as Error).message).slice(0, 20)));
    }),
    {numRuns: 300},
  );
});

function attempt(read: () => unknown): {value?: unknown; error?: unknown} {
  try {
    return {value: read()};
  } catch (error) {
    return {error};
  }
}
