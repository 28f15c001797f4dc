import {type Expression, type Grammar, isNullable, namesWith, type Terminal} from './expression.js';
import {UntranslatableGrammar} from './grammar-errors.js';
import {canContinue, firstCharacters} from './terminal-positions.js';

type Edges = {readonly first: ReadonlySet<Terminal>; readonly last: ReadonlySet<Terminal>};

/**
 * An engine follows a grammar character by character. A parser of Lark finds the longest terminals first, which may be others.
 * @throws UntranslatableGrammar if a text of the grammar may be split into other terminals than the ones it was made of
 */
export function checkLexing({rules}: Grammar, separator: Terminal | undefined): void {
  const {first, followers} = neighbours({rules});
  const together = [first, ...followers.values()];
  for (const [terminal, after] of followers) {
    const rivals = new Set(together.filter(set => set.has(terminal)).flatMap(set => [...set]));
    for (const next of separator ? [separator] : after) {
      const characters = firstCharacters(next);
      for (const rival of rivals)
        if (canContinue(terminal, rival, characters))
          throw new UntranslatableGrammar('terminals whose ends depend on what a lexer takes first');
    }
  }
}

/** The terminals that a text can begin with, and those that can follow each. */
function neighbours({rules}: Pick<Grammar, 'rules'>): {
  readonly first: ReadonlySet<Terminal>;
  readonly followers: ReadonlyMap<Terminal, ReadonlySet<Terminal>>;
} {
  const nullable = namesWith(rules, isNullable);
  const edges = new Map<string, Edges>();
  const followers = new Map<Terminal, Set<Terminal>>();

  const link = (from: ReadonlySet<Terminal>, to: ReadonlySet<Terminal>) => {
    for (const terminal of from) {
      const known = followers.get(terminal) ?? new Set();
      followers.set(terminal, new Set([...known, ...to]));
    }
  };

  const visit = (expression: Expression): Edges => {
    switch (expression.type) {
      case 'characters':
        throw new TypeError('A rule has no characters outside of terminals');
      case 'terminal': {
        const only = new Set([expression]);
        link(only, new Set());
        return {first: only, last: only};
      }
      case 'name':
        return edges.get(expression.name) ?? {first: new Set(), last: new Set()};
      case 'repeat': {
        const {item, max} = expression;
        const part = visit(item);
        if (max === undefined || max > 1) link(part.last, part.first);
        return part;
      }
      case 'choice':
        return expression.items.map(visit).reduce(unionOf, {first: new Set(), last: new Set()});
      case 'sequence': {
        let whole: Edges = {first: new Set(), last: new Set()};
        let isEmpty = true;
        for (const item of expression.items) {
          const part = visit(item);
          const skips = isNullable(item, name => nullable.has(name));
          link(whole.last, part.first);
          whole = {
            first: isEmpty ? new Set([...whole.first, ...part.first]) : whole.first,
            last: skips ? new Set([...whole.last, ...part.last]) : part.last,
          };
          isEmpty &&= skips;
        }
        return whole;
      }
    }
  };

  const size = () =>
    [...edges.values()].reduce((sum, {first, last}) => sum + first.size + last.size, 0) +
    [...followers.values()].reduce((sum, set) => sum + set.size, 0);
  for (let before = -1; before < size(); ) {
    before = size();
    for (const [name, expression] of rules) edges.set(name, visit(expression));
  }
  return {first: edges.get('start')?.first ?? new Set(), followers};
}

function unionOf(one: Edges, two: Edges): Edges {
  return {first: new Set([...one.first, ...two.first]), last: new Set([...one.last, ...two.last])};
}
