import {join} from 'node:path';
import test from 'ava';
import {hostileRecordings, hostileTexts} from '../../report/hostile-recordings.js';
import {writeCassette} from '../../support/cassette-files.js';
import {temporaryFolder} from '../../support/temporary-folder.js';
import {ask, inspected, openInspector, untilLive} from './inspected.js';

const unseen =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these characters must not appear.
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

test('hostile requests, answers, tests and recordings stay data', async t => {
  const folder = await temporaryFolder(t);
  const cassette = join(folder, 'cassettes');
  const recordings = hostileTexts.flatMap(text => hostileRecordings(text).after);
  await writeCassette(join(cassette, 'suite.cassette'), recordings);
  const {url} = await inspected(t, [], {folder});
  const javascript = 'Say [click me](javascript:document.title="owned") <javascript:alert("owned")>';
  const texts = [...hostileTexts, javascript];
  for (const text of texts) {
    const session = await fetch(`${url}/_retake/v1/sessions`, {
      method: 'POST',
      body: JSON.stringify({name: text.slice(0, 100), cassette: 'suite'}),
    });
    const {urls} = (await session.json()) as {urls: {anthropic: string}};
    // The first is answered by an echo, the second is a miss.
    await ask(urls.anthropic, text, {headers: {'x-retake-mode': 'auto'}});
    await ask(urls.anthropic, `${text} again`, {system: text});
  }
  const {page, troubles} = await openInspector(t, `${url}/`);
  const check = async (what: string) => {
    const state = (await page.evaluate(`({
      title: document.title,
      text: document.body.textContent,
      strange: [...document.querySelectorAll('main script, main style, main img:not([src^="data:image/"]), main object, main embed, main form, main svg, main base, main link, main meta, [onerror], [onclick], [onload]')].map(({outerHTML}) => outerHTML),
      links: [...document.querySelectorAll('a[href]')].map(({protocol}) => protocol).filter(protocol => !['http:', 'https:', 'mailto:'].includes(protocol)),
    })`)) as {title: string; text: string; strange: string[]; links: string[]};
    t.deepEqual(
      {title: state.title, strange: state.strange, links: state.links},
      {title: 'retake', strange: [], links: []},
      what,
    );
    t.notRegex(state.text, unseen, what);
  };
  await check('the list');
  const count = 2 * texts.length;
  for (let number = 1; number <= count; number++) {
    await page.evaluate(`location.hash = '#requests/${number}'`);
    await page.locator(`#requests .details [data-id="${number}"]`).waitFor();
    await page.keyboard.press('m');
    await check(`request ${number}`);
  }
  await page.goto(`${url}/#cassettes`);
  await untilLive(page);
  const rows = page.locator('#cassettes .row');
  await rows.first().waitFor();
  await check('the cassettes');
  for (let index = 0; index < recordings.length; index += 4) {
    await rows.nth(index).click();
    await page.locator('#cassettes .details article').waitFor();
    await check(`recording ${index}`);
  }
  t.deepEqual(troubles, []);
});
