import {includes} from './characters.js';
import {choice, type Expression, type Grammar, repeat} from './expression.js';

/** Whether a whole text belongs to a grammar without left recursion. */
export function matchesText({rules, ignored}: Grammar, text: string): boolean {
  const memo = new Map<string, Map<number, ReadonlySet<number>>>();
  const between = repeat(choice(ignored.map(({expression}) => expression)), 0);

  /** Where matches of an expression that begin at a place end. */
  const endsOf = (expression: Expression, start: number): ReadonlySet<number> => {
    switch (expression.type) {
      case 'characters': {
        const code = text.codePointAt(start);
        if (code === undefined || !includes(expression.characters, code)) return new Set();
        return new Set([start + (code > 0xff_ff ? 2 : 1)]);
      }
      case 'sequence':
        return expression.items.reduce<ReadonlySet<number>>(
          (places, item) => fromEach(places, place => endsOf(item, place)),
          new Set([start]),
        );
      case 'choice':
        return new Set(expression.items.flatMap(item => [...endsOf(item, start)]));
      case 'repeat':
        return repeated(expression, start);
      case 'terminal': {
        const ends = endsOf(expression.expression, start);
        return ignored.length === 0 ? ends : fromEach(ends, skipIgnored);
      }
      case 'name':
        return endsOfRule(expression.name, start);
    }
  };

  const repeated = (
    {item, min, max = Number.POSITIVE_INFINITY}: Extract<Expression, {type: 'repeat'}>,
    start: number,
  ) => {
    const ends = new Set<number>(min === 0 ? [start] : []);
    const seen = new Set<number>();
    let places: ReadonlySet<number> = new Set([start]);
    for (let count = 1; count <= max && places.size > 0; count++) {
      places = fromEach(places, place => endsOf(item, place));
      if (count < min) continue;
      // From a place that was reached before, nothing new is reached.
      places = new Set([...places].filter(place => !seen.has(place)));
      for (const place of places) {
        seen.add(place);
        ends.add(place);
      }
    }
    return ends;
  };

  const endsOfRule = (name: string, start: number): ReadonlySet<number> => {
    const known = memo.get(name) ?? new Map<number, ReadonlySet<number>>();
    memo.set(name, known);
    const ends = known.get(start) ?? endsOf(rules.get(name) ?? {type: 'choice', items: []}, start);
    known.set(start, ends);
    return ends;
  };

  const skipIgnored = (start: number) => endsOf(between, start);
  const starts = ignored.length === 0 ? new Set([0]) : skipIgnored(0);
  return fromEach(starts, start => endsOfRule('start', start)).has(text.length);
}

function fromEach(
  places: ReadonlySet<number>,
  ends: (place: number) => ReadonlySet<number>,
): ReadonlySet<number> {
  const [only] = places;
  if (places.size === 1 && only !== undefined) return ends(only);
  const all = new Set<number>();
  for (const place of places) for (const end of ends(place)) all.add(end);
  return all;
}
