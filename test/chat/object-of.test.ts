import test from 'ava';
import fc from 'fast-check';
import {isJsonObject, type JsonValue, parseJson, parsePlainJson, stringifyJson} from '../../src/chat/json.js';
import {objectOf} from '../../src/chat/object-of.js';

const name = fc.oneof(
  fc.constantFrom(
    '0',
    '1',
    '7',
    '10',
    '1999',
    '2024',
    '007',
    '4294967294',
    '4294967295',
    '9999999999',
    '-1',
    '1.5',
  ),
  fc.constantFrom('a', 'b', '', '"', '\\', '2024a', 'é'),
);
const {value} = fc.letrec<{value: unknown}>(tie => ({
  value: fc.oneof(
    {maxDepth: 4},
    fc.constantFrom(null, true, 0, 1.5, 12345678901234567890n, '', '"2024":', '{"1": 2}', '1999'),
    fc.array(tie('value'), {maxLength: 3}),
    fc.uniqueArray(fc.tuple(name, tie('value')), {selector: ([key]) => key, maxLength: 5}).map(asText),
  ),
}));

/** An object's members in their order; JSON text is made of it by `write`. */
type Members = {readonly members: readonly (readonly [string, unknown])[]};

function asText(members: readonly (readonly [string, unknown])[]): Members {
  return {members};
}

function write(json: unknown): string {
  if (typeof json === 'bigint') return json.toString();
  if (Array.isArray(json)) return `[${json.map(write).join(',')}]`;
  if (typeof json !== 'object' || json === null) return JSON.stringify(json);
  const {members} = json as Members;
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${write(member)}`).join(',')}}`;
}

test('law: members keep their order, whatever their names are', t => {
  fc.assert(
    fc.property(value, json => {
      const text = write(json);
      t.is(stringifyJson(parseJson(text)), text);
    }),
    {numRuns: 1000},
  );
});

test('an ordered object is an object like any other', t => {
  const object = parseJson('{"b": 1, "2024" : {"y": [{"2": 0, "1": 0}]}, "1999": null}');
  t.true(isJsonObject(object));
  if (!isJsonObject(object)) return;
  t.deepEqual(Object.keys(object), ['b', '2024', '1999']);
  t.deepEqual(
    Object.entries(object).map(([key]) => key),
    ['b', '2024', '1999'],
  );
  const listed: string[] = [];
  for (const key in object) listed.push(key);
  t.deepEqual(listed, ['b', '2024', '1999']);
  t.true(Object.hasOwn(object, '1999'));
  t.is(object['b'], 1);
  t.is(JSON.stringify(object), '{"b":1,"2024":{"y":[{"2":0,"1":0}]},"1999":null}');
  t.deepEqual({...object}, {'1999': null, '2024': {y: [{'1': 0, '2': 0}]}, b: 1});
});

test('errors are those of the text that was written', t => {
  t.throws(() => parseJson('{"b": 1, "2024": }'), {message: /position 17|Unexpected token/});
  t.throws(() => parseJson('{"b": 1, "2024": }'), {message: /^(?!.*retake-name)/});
  t.throws(() => parseJson('{"b": 1, "2024": 1, "2024": 2}'), {message: /the same key twice/});
  t.throws(() => parseJson('{"b": 1, "1": "\\ud800"}'), {message: /lone surrogate/});
});

test('plain JSON keeps the order, too, and half characters', t => {
  const text = '{"b":"\\ud800","2":1,"1":2}';
  t.is(JSON.stringify(parsePlainJson(text)), text);
});

test('of two members of one name the last value stays, in the first place', t => {
  const object: {readonly [name: string]: JsonValue} = objectOf<JsonValue>([
    ['b', 1],
    ['2', 1],
    ['b', 2],
    ['1', 3],
  ]);
  t.is(JSON.stringify(object), '{"b":2,"2":1,"1":3}');
});
