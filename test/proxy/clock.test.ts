import test from 'ava';
import type {Exchange} from '../../src/http/exchange.js';
import {liveProxy} from './live-proxy.js';
import {ways} from './ways.js';

for (const step of [-3_600_000, 0, 3_600_000])
  test(`answers are recorded and replayed while the clock moves by ${step} ms at each look`, async t => {
    let clock = 1_800_000_000_000;
    const exchanges: Exchange[] = [];
    const proxy = await liveProxy(t, {
      now() {
        clock += step;
        return clock;
      },
      onExchange: exchange => exchanges.push(exchange),
    });
    for (const [index, way] of ways.entries()) {
      const asked = way.ask(`question ${index}`);
      const first = await proxy.post(way.path, asked);
      t.is(first.status, 200);
      t.is(first.headers.get('x-retake'), 'recorded');
      const answer = await first.text();
      const second = await proxy.post(way.path, asked);
      t.is(second.headers.get('x-retake'), 'hit');
      t.is(await second.text(), answer);
    }
    t.is(exchanges.length, 2 * ways.length);
    for (const {duration} of exchanges) t.true(duration >= 0 && duration < 60_000, `${duration} ms`);
  });
