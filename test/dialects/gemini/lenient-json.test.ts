import test from 'ava';
import fc from 'fast-check';
import type {JsonValue} from '../../../src/chat/json.js';
import {stringifyJson} from '../../../src/chat/json.js';
import {parseLenientJson} from '../../../src/dialects/gemini/lenient-json.js';
import {buildProxy} from '../../support/build-proxy.js';

const accepted: readonly (readonly [name: string, body: string, value: JsonValue])[] = [
  ['strict JSON', '{"a": [1, true, null, "b"]}', {a: [1, true, null, 'b']}],
  ['a comma after the last member', '{"a": 1,}', {a: 1}],
  ['a comma after the last item', '[1, 2, ]', [1, 2]],
  ['commas at every level', '{"a": [{"b": 1,},],}', {a: [{b: 1}]}],
  ['single quotes', "{'a': 'it is \"so\"'}", {a: 'it is "so"'}],
  ['an escaped single quote', "{'a': 'it\\'s'}", {a: "it's"}],
  ['a single quote in double quotes', '{"a": "it\'s",}', {a: "it's"}],
  ['names without quotes', '{a: 1, $b_2: 2, C: {d: 3}}', {a: 1, $b_2: 2, C: {d: 3}}],
  ['a name that begins like a keyword', '{nullable: true, trueness: 1}', {nullable: true, trueness: 1}],
  ['a line break in a string', '{"a": "first\nsecond\r\nthird"}', {a: 'first\nsecond\r\nthird'}],
  ['a tab and other control characters in a string', '{"a": "\t\u0000\u001f"}', {a: '\t\u0000\u001f'}],
  ['a backslash at the end of a line', '{"a": "first\\\nsecond"}', {a: 'first\nsecond'}],
  ['an escape that JSON does not have', '{"a": "\\d\\0\\x41\\v"}', {a: 'd0x41\v'}],
  ['an escaped code point', '{a: "\\u00e9\\ud83d\\ude00"}', {a: 'é😀'}],
  ['an escaped backslash before the quote', "{a: 'b\\\\'}", {a: 'b\\'}],
  ['white space of C', '{"a":\v1,\f"b":2}', {a: 1, b: 2}],
  ['braces and colons in strings', "{a: '{b: [1,]}'}", {a: '{b: [1,]}'}],
  ['an integer beyond 2^53', '{a: 12345678901234567890}', {a: 12345678901234567890n}],
  ['an empty name', "{'': 1}", {'': 1}],
];

for (const [name, body, value] of accepted) {
  test(`accepted: ${name}`, t => t.deepEqual(parseLenientJson(Buffer.from(body)), value));
}

const refused: readonly (readonly [name: string, body: string, message?: RegExp])[] = [
  ['nothing', ''],
  ['half of a body', '{"contents": [{"parts": [{"text": "hi"}'],
  ['half of a lenient body', "{contents: [{parts: [{text: 'hi'}", /end of JSON|Expected ','/],
  ['a string without its end', "{a: 'b", /Closing quote expected/],
  ['a string that ends with an escaped quote', '{"a": "b\\"', /Closing quote expected|Unterminated/],
  ['a missing colon', '{a 1}'],
  ['a missing comma', "{'a': 1 'b': 2}"],
  ['a missing bracket', '{a: [1, 2}'],
  ['a bracket of the other kind', '{a: [1, 2}]'],
  ['a comma alone in an object', '{,}'],
  ['a comma alone in a list', '[,]'],
  ['two commas in a list', '[1,,2]'],
  ['two commas at the end', '[1,,]'],
  ['a comma after the body', '{"a": 1},'],
  ['two bodies', '{a: 1} {b: 2}'],
  ['a line comment', '{"a": 1 // one\n}'],
  ['a block comment', '{"a": /* one */ 1,}'],
  ['a hash comment', '{"a": 1 # one\n}'],
  ['a word without quotes as a value', '{a: b}'],
  ['a keyword as a name', '{true: 1}'],
  ['a keyword in capitals', '{a: True}'],
  ['NaN', '{a: NaN}'],
  ['Infinity', '{a: Infinity}'],
  ['a hexadecimal number', '{a: 0x10}'],
  ['a number with a leading zero', '{a: 01}'],
  ['a number with a plus sign', '{a: +1}'],
  ['a number without a digit before its point', '{a: .5}'],
  ['a name with a hyphen', '{a-b: 1}'],
  ['a name that is a number', '{1: 1}'],
  ['typographic quotes', '{“a”: 1}'],
  ['strings in backticks', '{`a`: 1}'],
  ['an incomplete escape', "{a: '\\u12'}"],
  ['a lone surrogate', "{a: '\\ud800'}", /lone surrogate/],
  ['a key twice', "{a: 1, 'a': 2}", /same key twice/],
  ['a key __proto__', '{__proto__: 1}', /"__proto__" is not allowed/],
  ['deep nesting', `${'['.repeat(201)}${']'.repeat(200)},]`, /deeper than 200 levels/],
  ['a number out of range', '{a: 1e999}', /out of range/],
];

for (const [name, body, message = /^Invalid JSON payload received\. /] of refused) {
  test(`refused: ${name}`, t => {
    const error = t.throws(() => parseLenientJson(Buffer.from(body)), {message});
    t.like(error, {code: 'invalid_request'});
    if (body.includes("'")) t.notRegex(error?.message ?? '', /position/, 'it would be one in another text');
  });
}

test('invalid UTF-8 is refused', t => {
  t.throws(() => parseLenientJson(Buffer.from('{"a": "\u00ff",}', 'latin1')), {message: /not valid UTF-8/});
});

const json = fc.letrec(tie => ({
  value: fc.oneof(
    {maxDepth: 4},
    fc.string({unit: 'grapheme'}),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), {maxLength: 3}),
    fc.dictionary(
      fc.string({unit: 'grapheme'}).filter(key => key !== '__proto__'),
      tie('value'),
      {
        maxKeys: 3,
        noNullPrototype: true,
      },
    ),
  ),
})).value as fc.Arbitrary<JsonValue>;

/** The same value with single quotes, raw control characters, and commas at every end. */
function writeLeniently(value: JsonValue): string {
  if (typeof value === 'string') return `'${value.replace(/[\\']/g, '\\$&')}'`;
  if (typeof value !== 'object' || value === null) return stringifyJson(value);
  if (Array.isArray(value)) return `[${value.map(item => `${writeLeniently(item)},`).join('\n')}]`;
  const members = Object.entries(value).map(([key, member]) => {
    const name =
      /^[A-Za-z_$][\w$]*$/.test(key) && !/^(true|false|null)$/.test(key) ? key : writeLeniently(key);
    return `${name}\t:${writeLeniently(member)},`;
  });
  return `{${members.join('\n')}}`;
}

test('what is written leniently has the value that was written', t => {
  fc.assert(
    fc.property(json, value => {
      t.deepEqual(parseLenientJson(Buffer.from(writeLeniently(value))), value);
      t.deepEqual(parseLenientJson(Buffer.from(stringifyJson(value))), value);
    }),
  );
});

test('a body that was cut anywhere is refused', t => {
  fc.assert(
    fc.property(json, fc.nat(), (value, cut) => {
      const text = `{value: ${writeLeniently(value)}}`;
      t.throws(() => parseLenientJson(Buffer.from(text.slice(0, cut % text.length))), {
        message: /Invalid JSON/,
      });
    }),
  );
});

test('a long attachment in a lenient body is parsed', t => {
  const data = 'A'.repeat(24 * 1024 * 1024);
  t.deepEqual(parseLenientJson(Buffer.from(`{"data": "${data}",}`)), {data});
});

test('a lenient body has the key of the strict one, on every endpoint', async t => {
  const {post} = await buildProxy(t, {mode: 'replay'});
  const model = '/v1beta/models/gemini-2.5-flash';
  const bodies = {
    [`${model}:generateContent`]: [
      '{"contents":[{"parts":[{"text":"a\\nb"}]}]}',
      "{contents: {parts: {text: 'a\nb',},},}",
    ],
    [`${model}:countTokens`]: [
      '{"contents":[{"parts":[{"text":"a"}]}]}',
      "{contents: [{parts: [{text: 'a'}]}],}",
    ],
    [`${model}:embedContent`]: ['{"content":{"parts":[{"text":"a"}]}}', "{content: {parts: [{text: 'a'}]},}"],
  };
  for (const [path, [strict, lenient]] of Object.entries(bodies)) {
    const answers = [await post(path, strict), await post(path, lenient)];
    const [key, sameKey] = answers.map(({headers}) => headers.get('x-retake-key'));
    t.truthy(key, await answers[0]?.text());
    t.is(key, sameKey, await answers[1]?.text());
  }
});

test('the start of an upload and a cached content may be lenient', async t => {
  const {post} = await buildProxy(t, {mode: 'replay'});
  const start = {'x-goog-upload-protocol': 'resumable', 'x-goog-upload-command': 'start'};
  const upload = await post('/upload/v1beta/files', "{'file': {'display_name': 'TEXT',},}", start);
  t.is(upload.status, 200, await upload.text());
  const cache = await post(
    '/v1beta/cachedContents',
    "{model: 'models/m', contents: [{parts: [{text: 'a'}], role: 'user'}], ttl: '60s',}",
  );
  t.is(cache.status, 200, await cache.text());
});
