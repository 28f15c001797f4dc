import {type Characters, difference, includes} from './characters.js';
import type {Expression, Grammar, Terminal} from './expression.js';
import {UntranslatableGrammar} from './grammar-errors.js';

/** What JSON writes with a backslash, and how. Other control characters are not written at all. */
const escapes: readonly (readonly [code: number, escape: string])[] = [
  [0x22, '\\"'],
  [0x5c, '\\\\'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x09, '\\t'],
  [0x08, '\\b'],
  [0x0c, '\\f'],
];

const escaped: Characters = [
  [0, 0x1f],
  [0x22, 0x22],
  [0x5c, 0x5c],
];

/**
 * The rules of GBNF, llama.cpp's notation, for texts of a grammar within a JSON string. `root` is the text before and after it, and what
 * may stand between terminals is always `separator`.
 */
export function writeGbnf(
  {rules}: Grammar,
  separator: Terminal | undefined,
  [before, after]: readonly [string, string],
): string {
  const names = new Map([...rules.keys()].map((name, index) => [name, `rule-${index}`]));
  const nameOf = (name: string) => names.get(name) ?? 'root';
  const end = separator ? ` ${write(separator, nameOf)}` : '';
  const named = (expression: Expression) =>
    write(expression, nameOf, terminal => `(${write(terminal.expression, nameOf)}${end})`);
  return [
    `root ::= ${literal(before)} ${nameOf('start')} ${literal(after)}`,
    ...[...rules].map(([name, expression]) => `${nameOf(name)} ::= ${named(expression)}`),
  ].join('\n');
}

function write(
  expression: Expression,
  nameOf: (name: string) => string,
  writeTerminal: (terminal: Terminal) => string = ({expression: inner}) => write(inner, nameOf),
): string {
  const inner = (item: Expression) => write(item, nameOf, writeTerminal);
  switch (expression.type) {
    case 'characters':
      return writeCharacters(expression.characters);
    case 'sequence':
      if (expression.items.length === 0) return '""';
      // Literals that follow each other are one.
      return expression.items.map(grouped(inner)).join(' ').replaceAll('" "', '');
    case 'choice':
      return `(${expression.items.map(inner).join(' | ')})`;
    case 'repeat': {
      const {item, min, max} = expression;
      if (max === 0) return '""';
      return `(${inner(item)})${writeCounts(min, max)}`;
    }
    case 'name':
      return nameOf(expression.name);
    case 'terminal':
      return writeTerminal(expression);
  }
}

function grouped(inner: (item: Expression) => string): (item: Expression) => string {
  return item => (item.type === 'sequence' ? `(${inner(item)})` : inner(item));
}

/** llama.cpp refuses more repetitions. */
const maxCount = 2000;

function writeCounts(min: number, max: number | undefined): string {
  if (Math.max(min, max ?? 0) > maxCount)
    throw new UntranslatableGrammar(`more than ${maxCount} repetitions`);
  if (max === undefined) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  return min === 0 && max === 1 ? '?' : `{${min},${max}}`;
}

function writeCharacters(characters: Characters): string {
  const plain = difference(characters, escaped);
  const [single] = plain;
  const isOne = plain.length === 1 && single && single[0] === single[1];
  const alternatives = [
    ...(plain.length === 0
      ? []
      : [isOne ? literal(String.fromCodePoint(single[0])) : `[${plain.map(writeRange).join('')}]`]),
    ...escapes.flatMap(([code, written]) => (includes(characters, code) ? [literal(written)] : [])),
  ];
  if (alternatives.length === 0) throw new UntranslatableGrammar('control characters');
  return alternatives.length === 1 ? (alternatives[0] ?? '') : `(${alternatives.join(' | ')})`;
}

function writeRange([from, to]: readonly [number, number]): string {
  return from === to ? writeCode(from) : `${writeCode(from)}-${writeCode(to)}`;
}

function literal(text: string): string {
  return `"${[...text].map(one => writeCode(one.codePointAt(0) ?? 0)).join('')}"`;
}

function writeCode(code: number): string {
  const text = String.fromCodePoint(code);
  if (/\w/.test(text)) return text;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xff_ff
    ? `\\u${code.toString(16).padStart(4, '0')}`
    : `\\U${code.toString(16).padStart(8, '0')}`;
}
