import {commonTerminals} from './common-terminals.js';
import {type Expression, type Grammar, mapLeaves, type Terminal} from './expression.js';
import {GrammarSyntaxError, UntranslatableGrammar} from './grammar-errors.js';
import {type LarkFile, parseLark} from './parse-lark.js';

let common: LarkFile | undefined;

/**
 * The grammar with every name resolved: equal terminals are one.
 * @throws GrammarSyntaxError if a name is not defined
 */
export function resolveLark({definitions, imports, ignored}: LarkFile): Grammar {
  common ??= parseLark(commonTerminals);
  const known = new Map(definitions);
  for (const [alias, name] of imports) {
    if (!common.definitions.has(name)) throw new GrammarSyntaxError(`there is no terminal common.${name}`);
    known.set(alias, spelledOut({type: 'name', name}, common.definitions, new Set()));
  }
  if (!known.has('start')) throw new GrammarSyntaxError('there is no rule named start');

  const terminals = new Map<string, Terminal>();
  const terminalOf = (given: Expression): Terminal => {
    const expression = spelledOut(given, known, new Set());
    const text = JSON.stringify(expression);
    const terminal = terminals.get(text) ?? {type: 'terminal', expression};
    terminals.set(text, terminal);
    return terminal;
  };
  const rules = new Map<string, Expression>();
  for (const [name, expression] of known) {
    if (isTerminalName(name)) terminalOf({type: 'name', name});
    else
      rules.set(
        name,
        mapLeaves(expression, leaf => {
          if (leaf.type === 'terminal') return terminalOf(leaf);
          if (!known.has(leaf.name)) throw notDefined(leaf.name);
          return isTerminalName(leaf.name) ? terminalOf(leaf) : leaf;
        }),
      );
  }
  return {rules: reachable(rules), ignored: ignored.map(terminalOf)};
}

function isTerminalName(name: string): boolean {
  return /^_*[A-Z]/.test(name);
}

/** A terminal without the names of others. */
function spelledOut(
  expression: Expression,
  known: ReadonlyMap<string, Expression>,
  inside: ReadonlySet<string>,
): Expression {
  return mapLeaves(expression, leaf => {
    if (leaf.type === 'terminal') return leaf.expression;
    const {name} = leaf;
    if (!isTerminalName(name)) throw new UntranslatableGrammar(`the rule ${name} within a terminal`);
    if (inside.has(name)) throw new GrammarSyntaxError(`the terminal ${name} contains itself`);
    const definition = known.get(name);
    if (definition === undefined) throw notDefined(name);
    return spelledOut(definition, known, new Set([...inside, name]));
  });
}

function notDefined(name: string): GrammarSyntaxError {
  return new GrammarSyntaxError(`${name} is not defined`);
}

/** The rules that `start` leads to. */
function reachable(rules: ReadonlyMap<string, Expression>): ReadonlyMap<string, Expression> {
  const used = new Map<string, Expression>();
  const visit = (name: string) => {
    const expression = rules.get(name);
    if (expression === undefined || used.has(name)) return;
    used.set(name, expression);
    mapLeaves(expression, leaf => {
      if (leaf.type === 'name') visit(leaf.name);
      return leaf;
    });
  };
  visit('start');
  return used;
}
