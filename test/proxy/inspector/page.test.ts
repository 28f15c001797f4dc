import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {createProxy} from '../../../src/index.js';
import {eventually} from '../../support/eventually.js';
import {temporaryFolder} from '../../support/temporary-folder.js';
import {ask, inspected, openInspector, questionsIn} from './inspected.js';

test('an empty inspector tells where SDKs find retake', async t => {
  const {url} = await inspected(t, []);
  const {page, troubles} = await openInspector(t, `${url}/`);
  t.true(await page.getByRole('heading', {name: 'No requests yet'}).isVisible());
  t.regex((await page.locator('.addresses').textContent()) ?? '', new RegExp(`OPENAI_BASE_URL=${url}/v1`));
  t.deepEqual(troubles, []);
});

test('requests appear when they end, the newest first, with outcome, question and test', async t => {
  const {url} = await inspected(t, ['one', 'two']);
  await ask(url, 'one');
  const {page, troubles} = await openInspector(t, `${url}/`);
  t.deepEqual(await questionsIn(page), ['one']);
  const session = await fetch(`${url}/_retake/v1/sessions`, {
    method: 'POST',
    body: JSON.stringify({name: 'my test', cassette: 'suite'}),
  });
  const {urls} = (await session.json()) as {urls: {anthropic: string}};
  await ask(urls.anthropic, 'two');
  await ask(url, 'three');
  await page.locator('.list .row', {hasText: 'three'}).waitFor();
  t.deepEqual(await questionsIn(page), ['three', 'two', 'one']);
  const kinds = await page.locator('.list .row').evaluateAll(rows => rows.map(row => row.textContent));
  t.regex(kinds.join('\n'), /miss\s*three/);
  t.regex((await page.locator('.list .row', {hasText: 'two'}).textContent()) ?? '', /^hit.*my test/);
  t.deepEqual(troubles, []);
});

test('a request that got a fault is listed with its recorded question', async t => {
  const {url} = await inspected(t, ['Why is the sky blue?']);
  await ask(url, 'Why is the sky blue?', {headers: {'x-retake-fault': 'overloaded'}});
  const {page, troubles} = await openInspector(t, `${url}/`);
  t.deepEqual(await questionsIn(page), ['Why is the sky blue?']);
  await page.locator('.list .row', {hasText: 'fault'}).click();
  await page.locator('#requests .details h2', {hasText: 'Why is the sky blue?'}).waitFor();
  t.is(await page.locator('#requests .details .answer').count(), 0);
  t.deepEqual(troubles, []);
});

test('the list is filtered by outcome, test, cassette and text, and Escape shows all again', async t => {
  const {url} = await inspected(t, ['one', 'two']);
  for (const name of ['first test', 'second test']) {
    const session = await fetch(`${url}/_retake/v1/sessions`, {
      method: 'POST',
      body: JSON.stringify({name, cassette: 'suite'}),
    });
    const {urls} = (await session.json()) as {urls: {anthropic: string}};
    for (const text of ['one', 'nothing']) await ask(urls.anthropic, text);
  }
  await ask(`${url}/@other`, 'two', {headers: {'x-retake-mode': 'auto'}});
  const {page, troubles} = await openInspector(t, `${url}/`);
  const count = () => page.locator('.list .row').count();
  const status = page.locator('#requests .shown');
  t.is(await count(), 5);
  await page.getByRole('button', {name: 'miss'}).click();
  await status.filter({hasText: '2 of 5 requests'}).waitFor();
  t.deepEqual(await questionsIn(page), ['nothing', 'nothing']);
  await page.getByLabel('Test or session').selectOption('second test');
  await status.filter({hasText: '1 of 5'}).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await status.filter({hasText: /^5 requests/}).waitFor();
  await page.locator('.by-cassette').selectOption('other');
  await status.filter({hasText: '1 of 5'}).waitFor();
  t.deepEqual(await questionsIn(page), ['two']);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await page.keyboard.type('NOTH');
  await status.filter({hasText: '2 of 5'}).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.keyboard.press('4');
  await status.filter({hasText: '2 of 5'}).waitFor();
  // A request that comes now is shown if it passes the filter, and counted if not.
  await ask(url, 'something new');
  await ask(url, 'one');
  await status.filter({hasText: '3 of 7'}).waitFor();
  t.deepEqual(await questionsIn(page), ['something new', 'nothing', 'nothing']);
  t.deepEqual(troubles, []);
});

test('a click shows the conversation and the answer, and its address can be opened again', async t => {
  const {url} = await inspected(t, ['# one\n\nWhat is **this**?']);
  await ask(url, '# one\n\nWhat is **this**?');
  const {page, troubles} = await openInspector(t, `${url}/`);
  await page.locator('.list .row').click();
  const details = page.locator('#requests .details');
  await details.locator('.answer').waitFor();
  t.regex((await details.locator('.facts').textContent()) ?? '', /status200.*cassettesuite/);
  t.is(await details.locator('.turn pre').first().textContent(), '# one\n\nWhat is **this**?');
  t.regex((await details.locator('.answer pre').textContent()) ?? '', /^You said: # one/);
  t.is(await details.locator('.rendered strong').isVisible(), false);
  await page.keyboard.press('m');
  t.true(await details.locator('.rendered strong').isVisible());
  await page.reload();
  await details.locator('.answer').waitFor();
  t.is(await page.locator('.list .row').getAttribute('aria-selected'), 'true');
  t.deepEqual(troubles, []);
});

test('a miss shows both sides with the differences, and is recorded on a click', async t => {
  const {url, upstream} = await inspected(t, ['What is the capital of France?']);
  await ask(url, 'What is the capital of Spain?');
  const {page, troubles} = await openInspector(t, `${url}/`);
  await page.keyboard.press('j');
  const details = page.locator('#requests .details');
  await details.locator('.differences').waitFor();
  t.regex((await details.locator('.differences').textContent()) ?? '', /turn 1 \(user\), line 1/);
  t.deepEqual(await details.locator('.was del').allTextContents(), ['France']);
  t.deepEqual(await details.locator('.now ins').allTextContents(), ['Spain']);
  t.is(await details.getByRole('button', {name: /ignore rule/}).count(), 0);
  const before = upstream.requests.length;
  await details.getByRole('button', {name: 'Record this'}).click();
  await details.locator('.answer pre', {hasText: 'You said: What is the capital of Spain?'}).waitFor();
  t.is(upstream.requests.length, before + 1);
  t.is((await ask(url, 'What is the capital of Spain?')).headers.get('x-retake'), 'hit');
  t.deepEqual(troubles, []);
});

test('a server that only replays says so instead of recording', async t => {
  const {url} = await inspected(t, ['one'], {allowModeOverride: false});
  await ask(url, 'two');
  const {page} = await openInspector(t, `${url}/#requests/1`);
  await page.locator('.actions .note', {hasText: '(--allow-mode-override)'}).waitFor();
  t.is(await page.getByRole('button', {name: 'Record this'}).count(), 0);
});

test('an ignore rule is shown as a change of the file, and written when that is confirmed', async t => {
  const folder = await temporaryFolder(t);
  const {url, configFile} = await inspected(t, ['Today is 2026-11-03. Which day is it?'], {folder});
  const config = '{\n\t"cassette": "cassettes",\n\t"ignore": [\n\t\t"uuid"\n\t]\n}\n';
  await writeFile(configFile, config);
  await ask(url, 'Today is 2026-11-29. Which day is it?');
  const {page, troubles} = await openInspector(t, `${url}/#requests/1`);
  const open = () => page.getByRole('button', {name: 'Add this ignore rule to retake.config.json'}).click();
  const dialog = page.getByRole('dialog', {name: 'Change of the configuration file'});
  await open();
  t.deepEqual(await dialog.locator('ins').allTextContents(), ['+ \t\t"uuid",', '+ \t\t"iso-date"']);
  await dialog.getByRole('button', {name: 'Cancel'}).click();
  t.is(await readFile(configFile, 'utf8'), config);
  await open();
  await dialog.getByRole('button', {name: 'Write the file'}).click();
  await dialog.getByRole('heading', {name: 'Written'}).waitFor();
  t.is(
    await readFile(configFile, 'utf8'),
    '{\n\t"cassette": "cassettes",\n\t"ignore": [\n\t\t"uuid",\n\t\t"iso-date"\n\t]\n}\n',
  );
  await dialog.getByRole('button', {name: 'Close'}).click();
  await open();
  await dialog.getByRole('heading', {name: 'The rule is there already'}).waitFor();
  t.deepEqual(troubles, []);
});

test('several ignore rules are one change', async t => {
  const {url, configFile} = await inspected(t, ['On 2026-11-03, for 7d2f8a1e-1111-4222-8333-abcdefabcdef']);
  await ask(url, 'On 2026-11-29, for 99999999-1111-4222-8333-abcdefabcdef');
  const {page} = await openInspector(t, `${url}/#requests/1`);
  await page.locator('.actions', {hasText: 'With these ignore rules, the request matches:'}).waitFor();
  await page.getByRole('button', {name: 'Add these ignore rules to retake.config.json'}).click();
  await page.getByRole('button', {name: 'Write the file'}).click();
  await page.getByRole('heading', {name: 'Written'}).waitFor();
  t.deepEqual(JSON.parse(await readFile(configFile, 'utf8')), {ignore: ['uuid', 'iso-date']});
});

test('a file that was changed meanwhile is not overwritten', async t => {
  const {url, configFile} = await inspected(t, ['Today is 2026-11-03. Which day is it?']);
  await ask(url, 'Today is 2026-11-29. Which day is it?');
  const {page} = await openInspector(t, `${url}/#requests/1`);
  await page.getByRole('button', {name: /Add this ignore rule/}).click();
  await page.getByRole('heading', {name: /^Create /}).waitFor();
  await writeFile(configFile, '{"port": 1234}');
  await page.getByRole('button', {name: 'Write the file'}).click();
  await page.locator('dialog .outcome', {hasText: 'was changed meanwhile'}).waitFor();
  t.is(await readFile(configFile, 'utf8'), '{"port": 1234}');
});

test('cassettes are searched in requests and answers', async t => {
  const {url} = await inspected(t, ['Where is Paris?', 'Name a river.', 'Is it large?']);
  await ask(`${url}/@other`, 'Where is Rome?', {headers: {'x-retake-mode': 'auto'}});
  const {page, troubles} = await openInspector(t, `${url}/#cassettes`);
  const rows = page.locator('#cassettes .row');
  const count = (wanted: number) => eventually(`${wanted} rows`, async () => (await rows.count()) === wanted);
  await count(4);
  await page.locator('#cassettes select').selectOption('suite');
  await count(3);
  await page.keyboard.press('/');
  await page.keyboard.type('SAID: name');
  await count(1);
  await rows.click();
  await page.locator('#cassettes .answer pre', {hasText: 'You said: Name a river.'}).waitFor();
  await page.locator('#cassettes select').selectOption('*');
  await page.locator('#cassettes input').fill('where is');
  await count(2);
  await page.locator('#cassettes input').fill('nowhere at all');
  await page.getByText('No recording has this text.').waitFor();
  t.deepEqual(troubles, []);
});

test('a long cassette is listed in pages', async t => {
  const questions = Array.from({length: 230}, (_, number) => `question ${number}`);
  const {url} = await inspected(t, questions);
  const {page} = await openInspector(t, `${url}/#cassettes`);
  const rows = page.locator('#cassettes .row');
  for (const wanted of [100, 200, 230]) {
    await eventually(`${wanted} rows`, async () => (await rows.count()) === wanted);
    if (wanted < 230) await page.getByRole('button', {name: 'More'}).click();
  }
  t.is(new Set(await rows.allTextContents()).size, 230);
  t.is(await page.getByRole('button', {name: 'More'}).count(), 0);
});

test('the work tree is compared with the last commit, as a review does', async t => {
  const {url, folder} = await inspected(t, ['one']);
  const {page, troubles} = await openInspector(t, `${url}/#changes`);
  const frame = page.frameLocator('#changes iframe');
  await frame.getByText(/not a git repository/).waitFor();
  const git = (...words: string[]) =>
    execa('git', ['-c', 'user.name=a', '-c', 'user.email=a@localhost', ...words], {cwd: folder});
  await git('init', '-q');
  await git('add', join(folder, 'cassettes', 'suite.cassette'));
  await git('commit', '-qm', 'Record');
  const again = async () => {
    await page.getByRole('link', {name: 'Requests'}).click();
    await page.getByRole('link', {name: 'Changes'}).click();
  };
  await again();
  await frame.getByRole('heading', {name: 'No changes'}).waitFor();
  await ask(url, 'two', {headers: {'x-retake-mode': 'auto'}});
  const added = frame.locator('article[data-verdict=added]');
  await eventually('the new recording is a change', async () => {
    await again();
    await frame.locator('h1, h2').first().waitFor();
    return (await added.count()) === 1;
  });
  t.is(await frame.locator('article .question').textContent(), 'two');
  t.deepEqual(troubles, []);
});

test('keys move through the requests, open the details and list themselves', async t => {
  const {url} = await inspected(t, ['one', 'two', 'three']);
  for (const text of ['one', 'two', 'three']) await ask(url, text);
  const {page, troubles} = await openInspector(t, `${url}/`);
  const selected = () => page.locator('.row[aria-selected=true] .question').textContent();
  await page.keyboard.press('j');
  t.is(await selected(), 'three');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('j');
  t.is(await selected(), 'one');
  await page.keyboard.press('k');
  t.is(await selected(), 'two');
  t.is(await page.locator('.list').getAttribute('aria-activedescendant'), 'row-2');
  await page.keyboard.press('Enter');
  t.true(await page.evaluate('document.activeElement.matches("#requests .details")'));
  await page.keyboard.press('n');
  t.is(await selected(), 'three');
  await page.keyboard.press('?');
  t.true(await page.getByRole('dialog', {name: 'Keys'}).isVisible());
  await page.keyboard.press('j');
  await page.keyboard.press('Escape');
  t.is(await selected(), 'three');
  await page.keyboard.press('v');
  t.true(await page.getByRole('region', {name: 'Cassettes', exact: true}).isVisible());
  t.deepEqual(troubles, []);
});

test('a phone shows the list or the details, and nothing beside the screen', async t => {
  const {url} = await inspected(t, ['one']);
  await ask(url, `a question with a long word: ${'x'.repeat(200)}`);
  const {page, troubles} = await openInspector(t, `${url}/`, {viewport: {width: 360, height: 640}});
  const isWide = () =>
    page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
  t.false(await isWide());
  await page.locator('.list .row').click();
  await page.locator('#requests .differences').waitFor();
  t.false(await page.locator('.list').isVisible());
  t.false(await isWide());
  await page.getByRole('link', {name: 'Back'}).click();
  t.true(await page.locator('.list').isVisible());
  t.deepEqual(troubles, []);
});

test('after a restart of retake, the page follows the new one', async t => {
  const {url, proxy, folder} = await inspected(t, ['one', 'two']);
  await ask(url, 'one');
  await ask(url, 'one');
  const {page} = await openInspector(t, `${url}/`);
  t.is(await page.locator('.list .row').count(), 2);
  await proxy.close();
  await page.locator('.connection', {hasText: 'not connected'}).waitFor();
  const next = await createProxy({cassette: join(folder, 'cassettes'), mode: 'replay'});
  t.teardown(() => next.close());
  await next.listen({port: Number(new URL(url).port)});
  await ask(url, 'two');
  await page.locator('.list .row', {hasText: 'two'}).waitFor();
  t.deepEqual(await questionsIn(page), ['two']);
});

/** WCAG 2.2, 1.4.3. */
const leastContrast = 4.5;

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every text can be read in ${colorScheme} colours, and has a name for screen readers`, async t => {
    const {url} = await inspected(t, ['Today is 2026-11-03.', 'other'], {folder: await temporaryFolder(t)});
    await ask(url, 'other');
    await ask(url, 'new', {headers: {'x-retake-mode': 'auto'}});
    await ask(url, 'other', {headers: {'x-retake-fault': 'rate-limit'}});
    await ask(url, 'Today is 2026-11-29.');
    const {page} = await openInspector(t, `${url}/#requests/4`, {colorScheme});
    await page.locator('.differences').waitFor();
    t.is(await page.getByRole('option', {name: /^miss.*Today is 2026-11-29/, selected: true}).count(), 1);
    t.is(await page.getByRole('listbox', {name: /^Requests/}).count(), 1);
    t.is(await page.getByRole('region', {name: 'The selected request'}).count(), 1);
    for (const name of ['Search in requests', 'Test or session', 'Cassette'])
      t.true((await page.getByLabel(name, {exact: true}).count()) > 0, name);
    const unnamed = await page.evaluate(
      `[...document.querySelectorAll('button, a, input, select')].filter(one => !(one.textContent.trim() || one.ariaLabel)).map(one => one.outerHTML)`,
    );
    t.deepEqual(unnamed, []);
    const faint = await page.evaluate(`(() => {
      const parse = text => text.match(/[0-9.]+/g).map(Number);
      const luminance = ([red, green, blue]) => {
        const [r, g, b] = [red, green, blue].map(one => {
          const part = one / 255;
          return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const backgroundOf = element => {
        for (let one = element; one; one = one.parentElement) {
          const colour = parse(getComputedStyle(one).backgroundColor);
          if (colour[3] === undefined || colour[3] === 1) return colour;
        }
        return [255, 255, 255];
      };
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const found = new Set();
      while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        if (texts.currentNode.textContent.trim() === '' || !element.checkVisibility()) continue;
        if (element.matches(':disabled, script, style')) continue;
        const [a, b] = [parse(getComputedStyle(element).color), backgroundOf(element)].map(luminance);
        const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (contrast < ${leastContrast}) found.add(element.tagName + '.' + element.className + ' ' + contrast.toFixed(2));
      }
      return [...found];
    })()`);
    t.deepEqual(faint, []);
  });
}
