import test from 'ava';
import fc from 'fast-check';
import type {CassetteKey} from '../../../src/cassette/key/key.js';
import {createPlayhead} from '../../../src/cassette/replay/playhead.js';

const position = (session: string, cassette: string, key: string) => ({
  session,
  cassette,
  key: `1:${key}` as CassetteKey,
});

test('positions are counted separately for each session, cassette and key', t => {
  const name = fc.constantFrom('', 'a', 'b');
  fc.assert(
    fc.property(fc.array(fc.tuple(name, name, name), {maxLength: 60}), askings => {
      const playhead = createPlayhead();
      const counts = new Map<string, number>();
      for (const names of askings) {
        const id = names.join('/');
        const count = counts.get(id) ?? 0;
        t.is(playhead.peek(position(...names)), count);
        t.is(playhead.advance(position(...names)), count);
        t.is(playhead.peek(position(...names)), count + 1);
        counts.set(id, count + 1);
      }
    }),
  );
});

test('peeking does not count', t => {
  const playhead = createPlayhead();
  for (let look = 0; look < 3; look++) t.is(playhead.peek(position('', 'c', 'k')), 0);
  t.is(playhead.advance(position('', 'c', 'k')), 0);
});

test('among very many sessions, the most recently used are remembered', t => {
  const playhead = createPlayhead();
  playhead.advance(position('old', 'c', 'k'));
  playhead.advance(position('used', 'c', 'k'));
  for (let session = 0; session < 9_999; session++) {
    playhead.advance(position(`${session}`, 'c', 'k'));
    if (session === 5_000) playhead.advance(position('used', 'c', 'k'));
  }
  t.is(playhead.peek(position('old', 'c', 'k')), 0);
  t.is(playhead.peek(position('used', 'c', 'k')), 2);
  t.is(playhead.peek(position('9998', 'c', 'k')), 1);
});

test('a number that is given back is the next one, and the lowest of several', t => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(6)), {maxLength: 40}), steps => {
      const playhead = createPlayhead();
      const at = position('', 'c', 'k');
      const taken = new Set<number>();
      for (const released of steps) {
        if (released === null) {
          let lowest = 0;
          while (taken.has(lowest)) lowest++;
          t.is(playhead.peek(at), lowest);
          t.is(playhead.advance(at), lowest);
          taken.add(lowest);
        } else {
          playhead.release(at, released);
          taken.delete(released);
        }
      }
    }),
  );
});
