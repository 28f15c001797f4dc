import {character, inBothCases} from './characters.js';
import {type Expression, sequence} from './expression.js';
import {GrammarSyntaxError, UntranslatableGrammar} from './grammar-errors.js';
import {isPattern} from './is-pattern.js';
import {parseRegex} from './parse-regex.js';

/** What a token such as `/[a-z]+/i` matches. */
export function regexIn(token: string, line: number): Expression {
  const end = token.lastIndexOf('/');
  const source = token.slice(1, end).replaceAll('\\/', '/');
  const flags = token.slice(end + 1);
  if (!isPattern(source)) throw new GrammarSyntaxError(`line ${line}: ${token} is no regular expression`);
  if (/[mx]/.test(flags)) throw new UntranslatableGrammar('the flags m and x of regular expressions');
  return parseRegex(source, {ignoresCase: flags.includes('i'), dotMatchesAll: flags.includes('s')});
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  f: '\f',
  v: '\v',
  '"': '"',
  '\\': '\\',
};

/** What a token such as `"select"i` matches. */
export function stringIn(token: string): Expression {
  const ignoresCase = token.endsWith('i');
  const written = token.slice(1, ignoresCase ? -2 : -1);
  const text = written.replaceAll(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|(.))/g,
    (whole, two, four, name) => {
      const code = two ?? four;
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
      const known = Object.hasOwn(escapes, name) ? escapes[name] : undefined;
      if (known === undefined) throw new UntranslatableGrammar(`\`${whole}\` in a string`);
      return known;
    },
  );
  const items = [...text].map((one): Expression => {
    const characters = character(one);
    return {type: 'characters', characters: ignoresCase ? inBothCases(characters) : characters};
  });
  return sequence(items);
}

/** `"a".."z"` */
export function rangeOf(from: Expression, to: Expression, line: number): Expression {
  if (from.type !== 'characters' || to.type !== 'characters')
    throw new GrammarSyntaxError(`line ${line}: a range has one character on each side`);
  const [[low = 0] = []] = from.characters;
  const [[, high = 0] = []] = to.characters;
  return {type: 'characters', characters: [[low, high]]};
}
