import {
  anyCharacter,
  type Characters,
  character,
  charactersOf,
  complement,
  digits,
  inBothCases,
  notLineBreak,
  whiteSpace,
  wordCharacters,
} from './characters.js';
import {choice, type Expression, repeat, sequence} from './expression.js';
import {UntranslatableGrammar} from './grammar-errors.js';

export type RegexFlags = {readonly ignoresCase: boolean; readonly dotMatchesAll: boolean};

const classes: Readonly<Record<string, Characters>> = {
  d: digits,
  w: wordCharacters,
  s: whiteSpace,
  D: complement(digits),
  W: complement(wordCharacters),
  S: complement(whiteSpace),
};

const controls: Readonly<Record<string, string>> = {n: '\n', r: '\r', t: '\t', f: '\f', v: '\v'};

/**
 * A regular expression without what looks around, refers back or is lazy.
 * @throws UntranslatableGrammar
 */
export function parseRegex(source: string, {ignoresCase, dotMatchesAll}: RegexFlags): Expression {
  let rest = source;
  const taken = (pattern: RegExp): RegExpExecArray | undefined => {
    const found = pattern.exec(rest) ?? undefined;
    if (found) rest = rest.slice(found[0].length);
    return found;
  };
  const oneOf = (set: Characters): Expression => ({
    type: 'characters',
    characters: ignoresCase ? inBothCases(set) : set,
  });

  const alternatives = (): Expression => {
    const items = [branch()];
    while (taken(/^\|/)) items.push(branch());
    return choice(items);
  };

  const branch = (): Expression => {
    const items: Expression[] = [];
    while (rest !== '' && !/^[|)]/.test(rest)) items.push(quantified());
    return sequence(items);
  };

  const quantified = (): Expression => {
    const item = atom();
    const counts = taken(/^(?:([*+?])|\{(\d+)(,(\d*))?\})/);
    if (!counts) return item;
    if (/^[?+*]/.test(rest)) throw new UntranslatableGrammar('lazy and possessive quantifiers');
    const [, sign, from = '0', comma, to = ''] = counts;
    if (sign) return repeat(item, sign === '+' ? 1 : 0, sign === '?' ? 1 : undefined);
    const max = comma === undefined ? Number(from) : to === '' ? undefined : Number(to);
    return repeat(item, Number(from), max);
  };

  const atom = (): Expression => {
    if (taken(/^\((?:\?:|\?P?<\w+>|(?!\?))/)) {
      const inner = alternatives();
      if (!taken(/^\)/)) throw new UntranslatableGrammar('an open group');
      return inner;
    }
    if (taken(/^\[/)) return oneOf(bracket());
    if (taken(/^\./)) return oneOf(dotMatchesAll ? anyCharacter : notLineBreak);
    if (taken(/^\\/)) return oneOf(escaped());
    const [text] = taken(/^[^()[\]{}*+?|^$]/u) ?? taken(/^[\]{}]/) ?? [];
    if (text === undefined)
      throw new UntranslatableGrammar(`\`${rest.slice(0, 3)}\` in a regular expression`);
    return oneOf(character(text));
  };

  const bracket = (): Characters => {
    const isNegated = taken(/^\^/) !== undefined;
    const ranges: (readonly [number, number])[] = [];
    for (let isFirst = true; isFirst || !taken(/^\]/); isFirst = false) {
      const from = member();
      const [low] = from;
      const isRange = from.length === 1 && low?.[0] === low?.[1] && taken(/^-(?!\])/);
      if (!isRange || !low) ranges.push(...from);
      else ranges.push([low[0], member()[0]?.[1] ?? low[0]]);
    }
    const set = charactersOf(ranges);
    const given = ignoresCase ? inBothCases(set) : set;
    return isNegated ? complement(given) : given;
  };

  const member = (): Characters => {
    if (/^(?:\[[:.=]|&&|--|~~)/.test(rest)) throw new UntranslatableGrammar('operations on classes');
    if (taken(/^\\/)) return escaped();
    const [text] = taken(/^[\s\S]/u) ?? [];
    if (text === undefined) throw new UntranslatableGrammar('an open class');
    return character(text);
  };

  const escaped = (): Characters => {
    const [, hex] =
      taken(/^[xu]\{([\da-fA-F]{1,6})\}/) ?? taken(/^x([\da-fA-F]{2})/) ?? taken(/^u([\da-fA-F]{4})/) ?? [];
    if (hex !== undefined) return [[Number.parseInt(hex, 16), Number.parseInt(hex, 16)]];
    const [name] = taken(/^[\s\S]/u) ?? [];
    if (name === undefined) throw new UntranslatableGrammar('a backslash at the end');
    const known = Object.hasOwn(classes, name) ? classes[name] : undefined;
    if (known) return known;
    const control = Object.hasOwn(controls, name) ? controls[name] : undefined;
    if (control !== undefined) return character(control);
    if (/\w/.test(name)) throw new UntranslatableGrammar(`\`\\${name}\` in a regular expression`);
    return character(name);
  };

  const whole = alternatives();
  if (rest !== '') throw new UntranslatableGrammar(`\`${rest.slice(0, 3)}\` in a regular expression`);
  return whole;
}
