import {type Characters, intersects} from './characters.js';
import type {Expression, Terminal} from './expression.js';
import {UntranslatableGrammar} from './grammar-errors.js';

/** The automaton of a terminal after Glushkov: a state for each place where it takes a character. */
type Positions = {
  readonly characters: readonly Characters[];
  readonly first: readonly number[];
  readonly last: ReadonlySet<number>;
  readonly next: readonly ReadonlySet<number>[];
};

type Ends = {
  readonly first: readonly number[];
  readonly last: readonly number[];
  readonly isNullable: boolean;
};

const maxPositions = 500;

const known = new WeakMap<Terminal, Positions>();

export function positionsOf(terminal: Terminal): Positions {
  const positions = known.get(terminal) ?? build(terminal.expression);
  known.set(terminal, positions);
  return positions;
}

/** The characters with which a terminal can begin. */
export function firstCharacters(terminal: Terminal): Characters {
  const {characters, first} = positionsOf(terminal);
  return first.flatMap(position => characters[position] ?? []);
}

/**
 * Whether a lexer that takes the longest text may take more than one terminal, by going on with another one: after a whole text of the
 * first, the second continues with one of these characters.
 */
export function canContinue(terminal: Terminal, other: Terminal, next: Characters): boolean {
  const one = positionsOf(terminal);
  const two = positionsOf(other);
  const seen = new Set<number>();
  const pending: [number, number][] = [];
  const reach = (places: Iterable<number>, others: Iterable<number>) => {
    const second = [...others];
    for (const place of places) {
      for (const otherPlace of second) {
        const pair = place * maxPositions + otherPlace;
        if (seen.has(pair) || !intersects(one.characters[place] ?? [], two.characters[otherPlace] ?? []))
          continue;
        seen.add(pair);
        pending.push([place, otherPlace]);
      }
    }
  };
  reach(one.first, two.first);
  for (let pair = pending.pop(); pair; pair = pending.pop()) {
    const [place, otherPlace] = pair;
    const following = two.next[otherPlace] ?? new Set();
    if (one.last.has(place))
      for (const position of following) if (intersects(two.characters[position] ?? [], next)) return true;
    reach(one.next[place] ?? [], following);
  }
  return false;
}

function build(expression: Expression): Positions {
  const characters: Characters[] = [];
  const next: Set<number>[] = [];
  const link = (from: readonly number[], to: readonly number[]) => {
    for (const position of from) for (const follower of to) next[position]?.add(follower);
  };

  const joined = (all: readonly (() => Ends)[]): Ends => {
    let whole: Ends = {first: [], last: [], isNullable: true};
    for (const make of all) {
      const part = make();
      link(whole.last, part.first);
      whole = {
        first: whole.isNullable ? [...whole.first, ...part.first] : whole.first,
        last: part.isNullable ? [...whole.last, ...part.last] : part.last,
        isNullable: whole.isNullable && part.isNullable,
      };
    }
    return whole;
  };

  const visit = (inner: Expression): Ends => {
    switch (inner.type) {
      case 'characters': {
        if (characters.length === maxPositions) throw new UntranslatableGrammar('a very long terminal');
        const position = characters.push(inner.characters) - 1;
        next.push(new Set());
        return {first: [position], last: [position], isNullable: false};
      }
      case 'sequence':
        return joined(inner.items.map(item => () => visit(item)));
      case 'choice': {
        const parts = inner.items.map(visit);
        return {
          first: parts.flatMap(({first}) => first),
          last: parts.flatMap(({last}) => last),
          isNullable: parts.some(part => part.isNullable),
        };
      }
      case 'repeat': {
        const {item, min, max} = inner;
        const optional = () => ({...visit(item), isNullable: true});
        const loop = () => {
          const part = visit(item);
          link(part.last, part.first);
          return {...part, isNullable: true};
        };
        const needed = Array.from({length: Math.min(min, maxPositions + 1)}, () => () => visit(item));
        const more =
          max === undefined
            ? [loop]
            : Array.from({length: Math.min(max - min, maxPositions + 1)}, () => optional);
        return joined([...needed, ...more]);
      }
      case 'name':
      case 'terminal':
        throw new TypeError('A terminal contains no names');
    }
  };

  const {first, last} = visit(expression);
  return {characters, first, last: new Set(last), next};
}
