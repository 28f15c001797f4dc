import test from 'ava';
import type {JsonValue} from '../../../../src/chat/json.js';
import {checkArguments} from '../../../../src/upstream/local/tools/check-arguments.js';

const judges = test.macro({
  title: (_, what: string) => what,
  async exec(
    t,
    _what: string,
    parameters: JsonValue | undefined,
    {fits, fails}: {readonly fits: readonly string[]; readonly fails: readonly string[]},
  ) {
    const checks = await checkArguments([{name: 'f', ...(parameters !== undefined && {parameters})}]);
    for (const json of fits) t.true(checks.get('f')?.(json), `${json} fits`);
    for (const json of fails) t.false(checks.get('f')?.(json), `${json} does not fit`);
  },
});

const city = {type: 'object', properties: {city: {type: 'string'}}, required: ['city']};
test(judges, 'types and required members', city, {
  fits: ['{"city":"Oslo"}', '{"city":"Oslo","more":1}'],
  fails: ['{"city":1}', '{}', '[1]', '"Oslo"', 'null', '{"city":', ''],
});
test(judges, 'no parameters: any object', undefined, {fits: ['{}', '{"a":1}'], fails: ['1', '']});
test(judges, 'the schema true: any object', true, {fits: ['{}'], fails: ['[]']});
test(
  judges,
  'a string where a schema belongs: that property may be anything',
  {type: 'object', properties: {place: 'bar', size: {type: 'integer'}}},
  {fits: ['{"place":[1],"size":1}'], fails: ['{"size":"1"}']},
);
test(judges, 'the schema false: nothing', false, {fits: [], fails: ['{}']});
test(
  judges,
  'references within the parameters',
  {
    type: 'object',
    properties: {tree: {$ref: '#/$defs/Node'}},
    $defs: {Node: {type: 'object', properties: {next: {$ref: '#/$defs/Node'}}, required: ['value']}},
  },
  {fits: ['{"tree":{"value":1,"next":{"value":2}}}'], fails: ['{"tree":{"value":1,"next":{}}}']},
);
test(
  judges,
  'a reference into older definitions',
  {type: 'object', properties: {n: {$ref: '#/definitions/N'}}, definitions: {N: {type: 'integer'}}},
  {fits: ['{"n":1}'], fails: ['{"n":"1"}']},
);
test(
  judges,
  'a big integer',
  {type: 'object', properties: {n: {type: 'integer'}}},
  {
    fits: ['{"n":12345678901234567890}'],
    fails: ['{"n":1.5}'],
  },
);
test(
  judges,
  'a big integer in the schema',
  {type: 'object', properties: {n: {maximum: 12345678901234567890n}}},
  {
    fits: ['{"n":1}'],
    fails: ['{"n":1e30}'],
  },
);
test(
  judges,
  'an exclusive bound of draft 4',
  {
    type: 'object',
    properties: {n: {minimum: 5, exclusiveMinimum: true}, m: {maximum: 5, exclusiveMaximum: false}},
  },
  {fits: ['{"n":6,"m":5}'], fails: ['{"n":5}', '{"m":6}']},
);
test(
  judges,
  'a tuple of draft 7',
  {type: 'object', properties: {t: {items: [{type: 'string'}, {type: 'integer'}], additionalItems: false}}},
  {fits: ['{"t":["a",1]}'], fails: ['{"t":[1,"a"]}', '{"t":["a",1,2]}']},
);
test(
  judges,
  'a JavaScript pattern, and one in another syntax, which is ignored',
  {type: 'object', properties: {a: {pattern: '^[a-z]+$'}, b: {pattern: '(?P<year>\\d+)'}}},
  {fits: ['{"a":"x","b":"y"}'], fails: ['{"a":"X"}']},
);
test(
  judges,
  'unknown keywords',
  {type: 'object', 'x-order': 1, example: 3, format: 'int32'},
  {
    fits: ['{}'],
    fails: ['1'],
  },
);
test(
  judges,
  'a schema that names its dialect',
  {$schema: 'http://json-schema.org/draft-07/schema#', ...city},
  {fits: ['{"city":"Oslo"}'], fails: ['{}']},
);

const refuses = test.macro({
  title: (_, what: string) => `not a schema: ${what}`,
  async exec(t, _what: string, parameters: JsonValue, message: RegExp) {
    await t.throwsAsync(checkArguments([{name: 'f', parameters}]), {code: 'invalid_request', message});
  },
});

test(refuses, 'an unknown type', {type: 'nonsense'}, /parameters of the function "f" is invalid at #: /);
test(refuses, 'a reference to nothing', {$ref: '#/$defs/none'}, /can't resolve reference #\/\$defs\/none/);
