import test from 'ava';
import {takeTurns} from '../../src/async/take-turns.js';

test('long work lets other work run every two milliseconds', async t => {
  let time = 0;
  const turn = takeTurns(() => time);
  t.is(turn(), undefined);
  time = 1.9;
  t.is(turn(), undefined);
  time = 2;
  let hasRun = false;
  setImmediate(() => {
    hasRun = true;
  });
  await turn();
  t.true(hasRun);
  time = 3;
  t.is(turn(), undefined);
});
