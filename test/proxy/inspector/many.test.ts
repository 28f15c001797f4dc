import test from 'ava';
import {Agent, fetch, setGlobalDispatcher} from 'undici';
import {openaiUnary} from '../ways.js';
import {inspected, openInspector} from './inspected.js';

const connections = 20;

test('10,000 requests stay fluid: few rows are in the document, and new ones come while it scrolls', async t => {
  t.timeout(180_000);
  const {url} = await inspected(t, ['one', 'two']);
  const agent = new Agent({connections, pipelining: 1});
  setGlobalDispatcher(agent);
  t.teardown(() => agent.close());
  const send = async (text: string) => {
    const response = await fetch(`${url}/@suite${openaiUnary.path}`, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify(openaiUnary.ask(text)),
    });
    await response.text();
  };
  const sendMany = (count: number, text: string) =>
    Promise.all(
      Array.from({length: connections}, async () => {
        for (let sent = 0; sent < count / connections; sent++) await send(text);
      }),
    );
  await sendMany(9000, 'one');
  const startedAt = performance.now();
  const {page, troubles} = await openInspector(t, `${url}/`);
  t.log(`opened with 9,000 requests in ${Math.round(performance.now() - startedAt)} ms`);
  const status = page.locator('#requests .shown');
  await status.filter({hasText: '9000 requests'}).waitFor();
  const rows = () => page.locator('.list .row').count();
  t.true((await rows()) < 80, `${await rows()} rows`);

  await page.evaluate(`
    globalThis.longest = 0;
    let last = performance.now();
    const measure = now => {
      globalThis.longest = Math.max(globalThis.longest, now - last);
      last = now;
      requestAnimationFrame(measure);
    };
    requestAnimationFrame(measure);
  `);
  await page.evaluate(`document.querySelector('.list').scrollTop = 1e9`);
  await page.locator('.list .row[aria-posinset="9000"]').waitFor();
  const oldest = page.locator('.list .row[data-id="1"]');
  const before = await oldest.boundingBox();
  await sendMany(1000, 'two');
  await status.filter({hasText: '10000 requests'}).waitFor();
  await page.locator('.list .row[aria-posinset="10000"]').waitFor();
  t.deepEqual(await oldest.boundingBox(), before, 'a reader goes on seeing the same rows');
  t.true((await rows()) < 80);

  // The list has as many as the server remembers.
  await sendMany(100, 'two');
  await page.evaluate(`document.querySelector('.list').scrollTop = 0`);
  await page.locator('.list .row[data-id="10100"]').waitFor();
  t.is(await status.textContent(), '10000 requests');
  const filteredAt = performance.now();
  await page.locator('#requests input').fill('two');
  await status.filter({hasText: '1100 of 10000'}).waitFor();
  t.log(`filtered in ${Math.round(performance.now() - filteredAt)} ms`);
  t.log(`longest time between two frames: ${Math.round(Number(await page.evaluate('longest')))} ms`);
  t.deepEqual(troubles, []);
});
