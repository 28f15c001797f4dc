import test from 'ava';
import {buildProxy} from '../support/build-proxy.js';
import {geminiUnary, openaiUnary, type Way, ways} from './ways.js';

/** A valid request body, with a text in the place of `@`. */
const around = (way: Way, text: string) => JSON.stringify(way.ask('@')).replace('"@"', () => text);

type BadBody = {
  readonly name: string;
  body(way: Way): string | Uint8Array;
  readonly message: RegExp;
};

const badBodies: readonly BadBody[] = [
  {name: 'nothing', body: () => '', message: /Invalid JSON|empty/i},
  {name: 'white space', body: () => ' \n ', message: /Invalid JSON/},
  {name: 'a word', body: () => 'hello', message: /Invalid JSON/},
  {name: 'half of a body', body: way => JSON.stringify(way.ask('hi')).slice(0, -5), message: /Invalid JSON/},
  {name: 'a body twice', body: way => JSON.stringify(way.ask('hi')).repeat(2), message: /Invalid JSON/},
  {name: 'garbage at the end', body: way => `${JSON.stringify(way.ask('hi'))} x`, message: /Invalid JSON/},
  {
    name: 'a comma too many',
    // Gemini takes one: test/dialects/gemini/lenient-json.test.ts
    body: way => `${JSON.stringify(way.ask('hi')).slice(0, -1)},${way.api === 'gemini' ? ',' : ''}}`,
    message: /Invalid JSON/,
  },
  {
    name: 'single quotes',
    body: way => (way.api === 'gemini' ? "{'contents': [}" : "{'contents': []}"),
    message: /Invalid JSON/,
  },
  {name: 'a comment', body: way => `/* hi */ ${JSON.stringify(way.ask('hi'))}`, message: /Invalid JSON/},
  {name: 'NaN', body: way => around(way, 'NaN'), message: /Invalid JSON/},
  {
    name: 'a byte order mark inside',
    body: way => JSON.stringify(way.ask('hi')).replace(':', ':\ufeff'),
    message: /Invalid JSON/,
  },
  {
    name: 'a key twice',
    body: way => JSON.stringify(way.ask('hi')).replace('{', '{"contents":[],"messages":[],'),
    message: /Invalid JSON(?::| payload received\.) an object has the same key twice/i,
  },
  {
    name: 'a key twice, once escaped',
    body: way => JSON.stringify(way.ask('hi')).replace('{', '{"c\\u006fntents":[],"m\\u0065ssages":[],'),
    message: /Invalid JSON(?::| payload received\.) an object has the same key twice/i,
  },
  {name: 'a lone surrogate', body: way => around(way, '"\\ud800"'), message: /lone surrogate/},
  {name: 'a lone surrogate as a key', body: () => '{"\\udfff":1}', message: /lone surrogate/},
  {
    name: 'a key __proto__',
    body: way => JSON.stringify(way.ask('hi')).replace('{', '{"__proto__":{"polluted":true},'),
    message: /the key \\?"__proto__\\?" is not allowed/i,
  },
  {
    name: 'a key __proto__ deep inside',
    body: way => around(way, '{"a":[{"__proto__":1}]}'),
    message: /the key \\?"__proto__\\?" is not allowed/i,
  },
  {
    name: '10,000 lists',
    body: way => around(way, '['.repeat(10_000) + ']'.repeat(10_000)),
    message: /nests deeper than 200 levels/,
  },
  {
    name: '10,000 objects',
    body: () => `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
    message: /nests deeper than 200 levels/,
  },
  {name: '100,000 open lists', body: () => '['.repeat(100_000), message: /nests deeper than 200 levels/},
  {
    name: 'invalid UTF-8',
    body: way => Buffer.from(JSON.stringify(way.ask('\u00ff')), 'latin1'),
    message: /not valid UTF-8/,
  },
  {
    name: 'UTF-16',
    body: way => Buffer.from(JSON.stringify(way.ask('hi')), 'utf16le'),
    message: /Invalid JSON/,
  },
  {name: 'a number without end', body: way => around(way, '1e999'), message: /out of range/},
  {name: 'a list', body: () => '[]', message: /./},
  {name: 'a list of bodies', body: way => JSON.stringify([way.ask('hi')]), message: /./},
  {name: 'a number', body: () => '17', message: /./},
  {name: 'a string', body: () => '"hi"', message: /./},
  {name: 'null', body: () => 'null', message: /./},
  {name: 'true', body: () => 'true', message: /./},
  {name: 'an empty object', body: () => '{}', message: /./},
  {name: 'a huge number for a text', body: way => around(way, '9'.repeat(5000)), message: /./},
  {name: 'a list for a text', body: way => around(way, '[[]]'), message: /./},
  {
    name: 'fields named like methods',
    body: () => '{"toString":1,"constructor":{},"hasOwnProperty":2}',
    message: /./,
  },
];

for (const {name, body, message} of badBodies) {
  test(`a 400 in the API’s format: ${name}`, async t => {
    const {url, post} = await buildProxy(t, {mode: 'replay'});
    for (const way of ways) {
      const response = await fetch(url + way.path, {method: 'POST', body: Buffer.from(body(way))});
      const text = await response.text();
      t.is(response.status, 400, `${way.name}: ${text}`);
      t.is(response.headers.get('x-should-retry'), 'false');
      t.is(response.headers.get('x-retake'), null);
      const {error} = JSON.parse(text);
      t.regex(error.message, message);
      if (way.api === 'gemini') t.like(error, {code: 400, status: 'INVALID_ARGUMENT'});
      else t.is(error.type, 'invalid_request_error');
    }
    t.is(Reflect.get({}, 'polluted'), undefined);
    t.is((await post(openaiUnary.path, openaiUnary.ask('hi'))).status, 400);
  });
}

const fine: readonly (readonly [string, (way: Way) => string])[] = [
  ['white space around', way => `\r\n\t ${JSON.stringify(way.ask('hi'))} \n`],
  ['an escaped character', way => around(way, '"h\\u0069"')],
  ['a character beyond 16 bits', way => around(way, '"\\ud83d\\ude00"')],
  ['an empty text', way => around(way, '""')],
  ['control characters', way => around(way, '"\\u0000\\u001f\\u007f"')],
];

for (const [name, body] of fine) {
  test(`a valid body: ${name}`, async t => {
    const {post} = await buildProxy(t, {mode: 'replay'});
    for (const way of ways) {
      const response = await post(way.path, body(way));
      t.is(response.status, 400, await response.text());
    }
  });
}

test('an object with a member toString is an invalid body, not an internal error', async t => {
  const {post} = await buildProxy(t, {mode: 'replay'});
  const model = {...openaiUnary.ask('hi'), model: {toString: 1}};
  t.is((await post(openaiUnary.path, model)).status, 400);
  const responseJsonSchema = {type: 'object', required: [{toString: 1}, {toString: 2}]};
  const generationConfig = {responseMimeType: 'application/json', responseJsonSchema};
  t.true((await post(geminiUnary.path, {...geminiUnary.ask('hi'), generationConfig})).status < 500);
});
