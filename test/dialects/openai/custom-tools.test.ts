import test from 'ava';
import fc from 'fast-check';
import {stringifyJson} from '../../../src/chat/json.js';
import {normalizeTools} from '../../../src/chat/normalize-tools.js';
import {boundedPattern} from '../../../src/dialects/openai/bounded-pattern.js';
import {
  argumentsOfInput,
  customToolAsFunction,
  inputOfArguments,
} from '../../../src/dialects/openai/custom-tools.js';

test('any text survives as the argument of a function', t => {
  fc.assert(
    fc.property(fc.string({unit: 'binary'}), text => {
      t.is(inputOfArguments(stringifyJson(argumentsOfInput(text))), text);
    }),
  );
});

for (const [text, input] of [
  ['', ''],
  ['SELECT 1', 'SELECT 1'],
  ['{"input":7}', '{"input":7}'],
  ['{"query":"x"}', '{"query":"x"}'],
  ['{"input":"x"', '{"input":"x"'],
] as const) {
  test(`a model that writes ${JSON.stringify(text)} calls a custom tool with ${JSON.stringify(input)}`, t => {
    t.is(inputOfArguments(text), input);
  });
}

for (const [expression, pattern] of [
  [String.raw`^\d{4}-\d{2}$`, '^([0-9]{4}-[0-9]{2})$'],
  ['(yes|no)', '^((yes|no))$'],
  ['a+b*c?', '^(a+b*c?)$'],
  [String.raw`[A-F\d]{2,}`, '^([A-F0-9]{2,})$'],
  [String.raw`1\.5`, String.raw`^(1\.5)$`],
  ['.*', undefined],
  ['[^a]', undefined],
  ['(?i)a', undefined],
  ['a(', undefined],
  ['"a"', undefined],
  [String.raw`\p{L}`, undefined],
  [String.raw`a\\b`, undefined],
] as const) {
  test(`the regular expression ${expression} becomes ${pattern ?? 'a description only'}`, t => {
    t.is(boundedPattern(expression), pattern);
    const {description = '', parameters} = customToolAsFunction({
      name: 'f',
      grammar: {syntax: 'regex', definition: expression},
    });
    t.true(description.endsWith(expression));
    t.like(parameters, {properties: {input: pattern === undefined ? {type: 'string'} : {pattern}}});
  });
}

test('a grammar for the engine is no part of the key', t => {
  const grammar = {syntax: 'lark', definition: 'start: "a"'} as const;
  const {inputGrammar, ...tool} = customToolAsFunction({name: 'f', grammar});
  t.deepEqual(inputGrammar, grammar);
  t.deepEqual(normalizeTools([{...tool, inputGrammar: grammar}]), normalizeTools([tool]));
});

test('a translated pattern matches the same texts', t => {
  const expressions = [String.raw`\d+(?:a|b)`, String.raw`\w{2}-[x\d]*`, '(ab|c)+', String.raw`a\+b`];
  for (const expression of expressions) {
    const pattern = boundedPattern(expression);
    if (pattern === undefined) continue;
    fc.assert(
      fc.property(fc.stringMatching(new RegExp(`^(?:${expression})$`)), text =>
        new RegExp(pattern).test(text),
      ),
    );
    fc.assert(
      fc.property(fc.stringMatching(new RegExp(pattern)), text =>
        new RegExp(`^(?:${expression})$`).test(text),
      ),
    );
  }
  t.pass();
});
