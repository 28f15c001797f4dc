import {choice, type Expression, repeat, sequence, type Terminal} from './expression.js';
import {GrammarSyntaxError, UntranslatableGrammar} from './grammar-errors.js';
import {rangeOf, regexIn, stringIn} from './lark-terminals.js';
import {type LarkToken, larkTokens} from './lark-tokens.js';

/** A Lark grammar as it is written: names of rules and terminals are not resolved. */
export type LarkFile = {
  readonly definitions: ReadonlyMap<string, Expression>;
  /** What `%import common` gives, by the names here. */
  readonly imports: ReadonlyMap<string, string>;
  readonly ignored: readonly Expression[];
};

/**
 * @throws GrammarSyntaxError if the text is no Lark grammar
 * @throws UntranslatableGrammar if it uses more of Lark than is translated
 */
export function parseLark(definition: string): LarkFile {
  const tokens = [...larkTokens(definition)];
  const definitions = new Map<string, Expression>();
  const imports = new Map<string, string>();
  const ignored: Expression[] = [];

  const next = (): LarkToken => tokens[0] ?? {type: 'line-end', text: '\n', line: 0};
  const isSign = (text: string) => next().type === 'sign' && next().text === text;
  const took = (text: string) => isSign(text) && tokens.shift() !== undefined;
  const wrong = (expected: string): GrammarSyntaxError => {
    const {line, type, text} = next();
    const found = type === 'line-end' ? 'the end of the line' : JSON.stringify(text);
    return new GrammarSyntaxError(`line ${line}: expected ${expected}, and found ${found}`);
  };
  const need = (text: string) => {
    if (!took(text)) throw wrong(JSON.stringify(text));
  };
  const takeName = (): string => {
    if (next().type !== 'name') throw wrong('a name');
    return tokens.shift()?.text ?? '';
  };

  const define = () => {
    while (took('?') || took('!'));
    const {line} = next();
    const name = takeName();
    if (isSign('{')) throw new UntranslatableGrammar('rules with parameters');
    if (isSign('[')) throw new UntranslatableGrammar('attributes of rules');
    if (took('.') && tokens.shift()?.type !== 'number') throw wrong('a priority');
    need(':');
    if (definitions.has(name)) throw new GrammarSyntaxError(`line ${line}: ${name} is defined twice`);
    definitions.set(name, alternatives());
  };

  const alternatives = (): Expression => {
    const items: Expression[] = [];
    do {
      items.push(expansion());
      if (took('->')) takeName();
    } while (took('|'));
    return choice(items);
  };

  const expansion = (): Expression => {
    const items: Expression[] = [];
    while (next().type !== 'line-end' && !['|', ')', ']', '->'].some(isSign)) items.push(quantified());
    return sequence(items);
  };

  const quantified = (): Expression => {
    const item = atom();
    if (took('?')) return repeat(item, 0, 1);
    if (took('*')) return repeat(item, 0);
    if (took('+')) return repeat(item, 1);
    if (took('~')) {
      const min = takeCount();
      return repeat(item, min, took('..') ? takeCount() : min);
    }
    if (isSign('{')) throw new UntranslatableGrammar('counts in braces');
    return item;
  };

  const takeCount = (): number => {
    if (next().type !== 'number') throw wrong('a number');
    return Number(tokens.shift()?.text);
  };

  const atom = (): Expression => {
    if (took('(') || isSign('[')) {
      const isOptional = took('[');
      const inner = alternatives();
      need(isOptional ? ']' : ')');
      return isOptional ? repeat(inner, 0, 1) : inner;
    }
    const {type, text, line} = next();
    switch (type) {
      case 'name':
        tokens.shift();
        if (isSign('{')) throw new UntranslatableGrammar('rules with parameters');
        return {type: 'name', name: text};
      case 'regex':
        tokens.shift();
        return terminal(regexIn(text, line));
      case 'string': {
        tokens.shift();
        const from = stringIn(text);
        if (!took('..')) return terminal(from);
        if (next().type !== 'string') throw wrong('a string');
        return terminal(rangeOf(from, stringIn(tokens.shift()?.text ?? ''), line));
      }
      case 'directive':
        throw new UntranslatableGrammar(`\`${text}\``);
      default:
        throw wrong('a rule, a terminal, a string or a regular expression');
    }
  };

  const direct = () => {
    const {text: name = ''} = tokens.shift() ?? {};
    if (name === '%ignore') {
      ignored.push(alternatives());
      return;
    }
    if (name !== '%import') throw new UntranslatableGrammar(`\`${name}\``);
    const library = takeName();
    if (library !== 'common') throw new UntranslatableGrammar(`an import from ${JSON.stringify(library)}`);
    const names: string[] = [];
    if (took('(')) {
      do names.push(takeName());
      while (took(','));
      need(')');
    } else {
      need('.');
      names.push(takeName());
    }
    const [only = ''] = names;
    const alias = took('->') ? takeName() : only;
    if (names.length === 1) imports.set(alias, only);
    else for (const imported of names) imports.set(imported, imported);
  };

  for (; tokens.length > 0; ) {
    if (next().type === 'line-end') {
      tokens.shift();
      continue;
    }
    if (next().type === 'directive') direct();
    else define();
    if (next().type !== 'line-end') throw wrong('the end of the definition');
  }
  return {definitions, imports, ignored};
}

function terminal(expression: Expression): Terminal {
  return {type: 'terminal', expression};
}
