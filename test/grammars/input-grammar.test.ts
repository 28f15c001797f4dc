import test from 'ava';
import fc from 'fast-check';
import {compileGrammar, syntaxErrorOf, UntranslatableGrammar} from '../../src/grammars/input-grammar.js';
import {applyPatch, json, pragma, select, spacedSums, sums} from './definitions.js';

const lark = (definition: string) => ({syntax: 'lark', definition}) as const;
const regex = (definition: string) => ({syntax: 'regex', definition}) as const;

const texts: readonly (readonly [
  title: string,
  definition: string,
  good: readonly string[],
  bad: readonly string[],
])[] = [
  [
    'apply_patch',
    applyPatch,
    [
      '*** Begin Patch\n*** Add File: a "b" \\c.txt\n+hi\n+\n*** End Patch',
      '*** Begin Patch\n*** Update File: x\n*** Move to: y\n@@\n@@ f\n-a\n+b\n \n*** End of File\n*** End Patch\n',
      '*** Begin Patch\n*** Environment ID: x\n*** Delete File: ü\n*** Update File: z\n*** End Patch',
    ],
    [
      '',
      '*** Begin Patch\n*** End Patch',
      '*** Begin Patch\n*** Add File: a\n*** End Patch',
      '*** Begin Patch\n*** Add File: a\nhi\n*** End Patch',
      '*** Begin Patch\n*** Delete File: \n*** End Patch',
      '*** Begin Patch\n*** Delete File: x\n*** End Patch\n\n',
    ],
  ],
  ['spaced sums', spacedSums, ['1', '1 + 2 * 34', '1 * 2 + 3'], ['1+2', '1 +', ' 1', '']],
  ['sums', sums, ['1', '1+2*(3-4.5)', '((1))'], ['1+', '(1', '1 + 2', '-1']],
  [
    'JSON',
    json,
    ['{"a": [1,-2.5e3,{}], "b\\"c":true}', ' [ ] ', 'null', '\n{\t}\r\n'],
    ['{"a" 1}', '[1,]', 'nul', '', '{a:1}', '"a\nb"'],
  ],
  [
    'select',
    select,
    ['SELECT * From t;', 'select a, b,c from T limit 10;'],
    ['select a,b,c,d,e from t;', 'select  a from t;'],
  ],
  [
    'ranges and escapes',
    String.raw`start: "a".."f" ~ 2 "\t\"\\\x41\u00e9"`,
    ['af\t"\\Aé'],
    ['ag\t"\\Aé', 'a\t"\\Aé'],
  ],
  ['an optional part', 'start: ["a"] "b"', ['ab', 'b'], ['a', 'aab']],
];

for (const [title, definition, good, bad] of texts) {
  test(`the Lark grammar of ${title} has the texts that Lark accepts`, t => {
    const grammar = compileGrammar(lark(definition));
    for (const text of good) t.true(grammar.matches(text), text);
    for (const text of bad) t.false(grammar.matches(text), text);
    t.is(syntaxErrorOf(lark(definition)), undefined);
  });
}

for (const [definition, reason] of [
  ['start: "a', /^line 1: .* is no token of a Lark grammar$/],
  ['start: foo', /^foo is not defined$/],
  ['start: FOO', /^FOO is not defined$/],
  ['other: "a"', /^there is no rule named start$/],
  ['start: "a"\n\nstart: "b"', /^line 3: start is defined twice$/],
  ['start: /(/', /^line 1: \/\(\/ is no regular expression$/],
  ['start: ("a"', /^line 1: expected "\)", and found the end of the line$/],
  ['start: "a" |\n)', /^line 2: expected/],
  ['start "a"', /^line 1: expected ":", and found "\\"a\\""$/],
  ['start: "a" ~ b', /^line 1: expected a number/],
  ['start: A\nA: B\nB: A', /^the terminal [AB] contains itself$/],
  ['start: A\n%import common.FOO -> A', /^there is no terminal common\.FOO$/],
  ['', /^there is no rule named start$/],
  ['SELECT 1', /^line 1: expected ":"/],
] as const) {
  test(`the Lark grammar ${JSON.stringify(definition)} is none`, t => {
    t.regex(syntaxErrorOf(lark(definition)) ?? '', reason);
  });
}

for (const [definition, reason] of [
  [pragma, /terminals whose ends depend/],
  ['start: /a+/ "a"', /terminals whose ends depend/],
  ['start: "if" NAME\nNAME: /[a-z]+/', undefined],
  ['start: NAME NAME\nNAME: /[a-z]+/', /terminals whose ends depend/],
  ['start: ("a" | "ab") "b"', /terminals whose ends depend/],
  ['start: a\na: b "x"\nb: a | "y"', /the rule a, which begins with itself/],
  ['start: "a" start', /the rule start, which never ends/],
  ['start: /a*?b/', /lazy/],
  ['start: /(?=a)b/', /in a regular expression/],
  ['start: /a/m', /flags m and x/],
  ['start: _sep{"a", ","}\n_sep{x, y}: x (y x)*', /rules with parameters/],
  ['%import python.NAME\nstart: NAME', /an import from "python"/],
  ['%declare A\nstart: A', /`%declare`/],
  ['start: "a"\n%ignore "#"', /`%ignore` of something else/],
  ['start: %json {"type": "object"}', /`%json`/],
  ['start: /a{,3}/', /in a regular expression/],
  ['start: "a" <|end|>', /`<`/],
  ['start: /a+/ & /[^b]+/', /`&`/],
  ['start: body "x"\nbody[lazy]: /.*/', /attributes of rules/],
  ['start: "a"{2,3}', /counts in braces/],
  ['start: "a" ~ 1..9999', /more than 2000 repetitions|very long terminal/],
] as const) {
  test(`the Lark grammar ${JSON.stringify(definition)} ${reason ? 'is only described' : 'is followed'}`, t => {
    t.is(syntaxErrorOf(lark(definition)), undefined);
    if (reason)
      t.throws(() => compileGrammar(lark(definition)), {instanceOf: UntranslatableGrammar, message: reason});
    else t.notThrows(() => compileGrammar(lark(definition)));
  });
}

const expressions = [
  '.',
  String.raw`\d+(?:a|b)`,
  '[^a-c]{1,3}',
  String.raw`"[^"\\]*"`,
  String.raw`\w*\s?`,
  'a{2}|b{2,}|(?<name>c?)',
  String.raw`[\]\-a^]+`,
  String.raw`\x41\u{1F600}?`,
  '[A-Z][a-z]*, .+',
  String.raw`\S\D`,
];

for (const expression of expressions) {
  test(`the regular expression ${expression} matches the same whole texts as in JavaScript`, t => {
    const grammar = compileGrammar(regex(expression));
    // In other languages, the dot leaves out the line feed alone.
    const whole = new RegExp(`^(?:${expression.replace(/^\.$|\.(?=\+$)/, '[^\\n]')})$`, 'u');
    const near = fc.oneof(
      fc.stringMatching(whole),
      fc.string({unit: 'binary', maxLength: 4}),
      fc.string({maxLength: 5}),
    );
    fc.assert(
      fc.property(near, text => {
        // \s is the white space of ASCII.
        fc.pre(!/[^\S\t\n\v\f\r ]/.test(text));
        return grammar.matches(text) === whole.test(text);
      }),
    );
    t.pass();
  });
}

test('any text in any form is a grammar, no grammar, or one that is only described', t => {
  const pieces = [
    'start',
    ':',
    '"a"',
    '/b+/',
    'A',
    '|',
    '(',
    ')',
    '[',
    ']',
    '*',
    '+',
    '?',
    '~',
    '2',
    '\n',
    '%ignore',
    '->',
    ' ',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), {maxLength: 14}), parts => {
      const definition = `start: ${parts.join(' ')}`;
      const syntaxError = syntaxErrorOf(lark(definition));
      if (syntaxError !== undefined) return;
      try {
        compileGrammar(lark(definition)).matches('ab');
      } catch (error) {
        t.true(error instanceof UntranslatableGrammar, definition);
      }
    }),
    {numRuns: 2000},
  );
  t.pass();
});

const doubling = Array.from({length: 40}, (_, level) => `T${level}: T${level + 1} T${level + 1}`).join('\n');
for (const [title, grammar] of [
  ['terminals of terminals', lark(`start: T0\n${doubling}\nT40: "a"`)],
  ['repetitions of repetitions', regex('((((a{99}){99}){99}){99}){99}')],
  ['repetitions of nothing', regex('(((((){999}){999}){999}){999}){999}')],
  ['repetitions of repeated rules', lark(`start: ((("a"?) ~ 1999) ~ 1999) ~ 1999`)],
  ['brackets', lark(`start: ${'('.repeat(8000)}"a"${')'.repeat(8000)}`)],
  ['groups', regex(`${'('.repeat(2000)}a${')'.repeat(2000)}`)],
  ['loops in loops', regex(`${'('.repeat(12)}a${'*)'.repeat(12)}b`)],
  [
    'rules',
    lark(`start: r0\n${Array.from({length: 3000}, (_, n) => `r${n}: r${n + 1}`).join('\n')}\nr3000: "a"`),
  ],
  ['letters', lark(`start: "${'a'.repeat(1_000_000)}"`)],
] as const) {
  test(`a grammar with very many ${title} keeps nobody waiting`, t => {
    t.timeout(60_000);
    const start = performance.now();
    t.is(syntaxErrorOf(grammar), undefined);
    try {
      compileGrammar(grammar).matches('a'.repeat(50));
    } catch (error) {
      t.true(error instanceof UntranslatableGrammar, String(error));
    }
    t.log(Math.round(performance.now() - start), 'ms');
  });
}

test('a long text is checked in time that grows with its length', t => {
  const grammar = compileGrammar(lark(applyPatch));
  const lines = Array.from({length: 20_000}, (_, index) => `+line ${index}`);
  t.true(grammar.matches(['*** Begin Patch', '*** Add File: a', ...lines, '*** End Patch'].join('\n')));
});
