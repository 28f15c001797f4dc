import {
  choice,
  type Expression,
  holdsFor,
  isNullable,
  namesWith,
  type Rules,
  repeat,
  sequence,
} from './expression.js';
import {UntranslatableGrammar} from './grammar-errors.js';

/**
 * Rules that an engine can follow from left to right: `a: a "x" | "y"` becomes `a: "y" "x"*`.
 * @throws UntranslatableGrammar if a rule begins with itself by way of another, or never ends
 */
export function withoutLeftRecursion(rules: Rules): Rules {
  const rewritten = new Map(
    [...rules].map(([name, expression]) => [name, rewrite(name, expression)] as const),
  );
  const ending = namesWith(rewritten, ends);
  for (const name of rewritten.keys())
    if (!ending.has(name)) throw new UntranslatableGrammar(`the rule ${name}, which never ends`);
  const nullable = namesWith(rewritten, isNullable);
  for (const name of rewritten.keys()) {
    const begun = new Set<string>();
    const visit = (expression: Expression) => {
      for (const first of firstNames(expression, nullable)) {
        if (begun.has(first)) continue;
        begun.add(first);
        const definition = rewritten.get(first);
        if (definition) visit(definition);
      }
    };
    visit({type: 'sequence', items: [rewritten.get(name) ?? {type: 'choice', items: []}]});
    if (begun.has(name)) throw new UntranslatableGrammar(`the rule ${name}, which begins with itself`);
  }
  return rewritten;
}

function rewrite(name: string, expression: Expression): Expression {
  const branches = expression.type === 'choice' ? expression.items : [expression];
  const tails: Expression[] = [];
  const others: Expression[] = [];
  for (const branch of branches) {
    const [first, ...rest] = branch.type === 'sequence' ? branch.items : [branch];
    if (first?.type !== 'name' || first.name !== name) others.push(branch);
    else if (rest.length > 0) tails.push(sequence(rest));
  }
  if (tails.length === 0) return expression;
  if (others.length === 0) throw new UntranslatableGrammar(`the rule ${name}, which never ends`);
  return sequence([choice(others), repeat(choice(tails), 0)]);
}

function ends(expression: Expression, isKnown: (name: string) => boolean): boolean {
  return holdsFor(expression, leaf => leaf.type !== 'name' || isKnown(leaf.name));
}

function firstNames(expression: Expression, nullable: ReadonlySet<string>): readonly string[] {
  switch (expression.type) {
    case 'characters':
    case 'terminal':
      return [];
    case 'name':
      return [expression.name];
    case 'repeat':
      return firstNames(expression.item, nullable);
    case 'choice':
      return expression.items.flatMap(item => firstNames(item, nullable));
    case 'sequence': {
      const names: string[] = [];
      for (const item of expression.items) {
        names.push(...firstNames(item, nullable));
        if (!isNullable(item, name => nullable.has(name))) break;
      }
      return names;
    }
  }
}
