import type {Characters} from './characters.js';

/** What a rule matches. */
export type Expression =
  | {readonly type: 'characters'; readonly characters: Characters}
  | {readonly type: 'sequence'; readonly items: readonly Expression[]}
  | {readonly type: 'choice'; readonly items: readonly Expression[]}
  | {
      readonly type: 'repeat';
      readonly item: Expression;
      readonly min: number;
      readonly max: number | undefined;
    }
  /** What another rule matches. */
  | {readonly type: 'name'; readonly name: string}
  | Terminal;

/** A text that a lexer finds as one. It contains no names and no other terminals. */
export type Terminal = {readonly type: 'terminal'; readonly expression: Expression};

export type Rules = ReadonlyMap<string, Expression>;

/** A grammar as an engine follows it, from the rule `start`. */
export type Grammar = {
  readonly rules: Rules;
  /** What may stand between terminals. */
  readonly ignored: readonly Terminal[];
};

export function sequence(items: readonly Expression[]): Expression {
  const [only] = items;
  return items.length === 1 && only ? only : {type: 'sequence', items};
}

export function choice(items: readonly Expression[]): Expression {
  const [only] = items;
  return items.length === 1 && only ? only : {type: 'choice', items};
}

export function repeat(item: Expression, min: number, max?: number): Expression {
  return {type: 'repeat', item, min, max};
}

/** Replaces names and terminals. */
export function mapLeaves(
  expression: Expression,
  map: (leaf: Extract<Expression, {type: 'name' | 'terminal'}>) => Expression,
): Expression {
  switch (expression.type) {
    case 'characters':
      return expression;
    case 'sequence':
    case 'choice':
      return {...expression, items: expression.items.map(item => mapLeaves(item, map))};
    case 'repeat':
      return {...expression, item: mapLeaves(expression.item, map)};
    case 'name':
    case 'terminal':
      return map(expression);
  }
}

type Leaf = Extract<Expression, {readonly type: 'characters' | 'name' | 'terminal'}>;

/** Whether something holds for an expression if it has to hold for all of a sequence, and for one of a choice. */
export function holdsFor(expression: Expression, holdsForLeaf: (leaf: Leaf) => boolean): boolean {
  const check = (inner: Expression) => holdsFor(inner, holdsForLeaf);
  switch (expression.type) {
    case 'sequence':
      return expression.items.every(check);
    case 'choice':
      return expression.items.some(check);
    case 'repeat':
      return expression.min === 0 || check(expression.item);
    case 'characters':
    case 'name':
    case 'terminal':
      return holdsForLeaf(expression);
  }
}

/** Whether an expression matches the empty text. */
export function isNullable(expression: Expression, isNullableName: (name: string) => boolean): boolean {
  return holdsFor(expression, leaf => {
    if (leaf.type === 'terminal') return isNullable(leaf.expression, isNullableName);
    return leaf.type === 'name' && isNullableName(leaf.name);
  });
}

/** The names of rules of which something holds, if it follows from that of others: computed from nothing upwards. */
export function namesWith(
  rules: Rules,
  holds: (expression: Expression, isKnown: (name: string) => boolean) => boolean,
): ReadonlySet<string> {
  const names = new Set<string>();
  for (let size = -1; size < names.size; ) {
    size = names.size;
    for (const [name, expression] of rules) if (holds(expression, other => names.has(other))) names.add(name);
  }
  return names;
}
