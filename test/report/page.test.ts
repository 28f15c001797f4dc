import test, {type ExecutionContext} from 'ava';
import type {BrowserContextOptions} from 'playwright-core';
import type {Recording} from '../../src/cassette/cassette.js';
import {renderDiff} from '../../src/report/render-diff.js';
import type {FindThumbnail} from '../../src/report/thumbnail.js';
import {diffRecordings, recordingOfView, viewAsking} from '../cassette/compare/build-diff.js';
import {openPage, reloadStored} from '../support/browser.js';
import {hostileRecordings, hostileTexts} from './hostile-recordings.js';

type World = {
  readonly before: readonly Recording[];
  readonly after: readonly Recording[];
  readonly thumbnail?: FindThumbnail;
};

/** A page of these recordings, open in a browser. */
async function openReport(
  t: ExecutionContext,
  {before, after, thumbnail}: World,
  options: BrowserContextOptions = {},
) {
  const cassette = await diffRecordings(t, before, after);
  const html = renderDiff({before: 'main', after: 'HEAD', cassettes: [cassette]}, 'html', {
    ...(thumbnail && {thumbnail}),
  });
  return openPage(t, html, options);
}

const questions = ['Where is Paris?', 'Is it large?', 'Give me JSON.', 'Name a river.'];
const answers = [
  ['Paris is in France.', 'Paris is in the north of France.'],
  ['Yes.', 'Yes, very.'],
  ['{"a": 1}', '{"a": "1"}'],
  ['The Seine.', 'The Loire.'],
] as const;

function fourChanges(): World {
  const record = (side: 0 | 1) =>
    questions.map((question, index) =>
      recordingOfView(viewAsking(question, {system: 'Be brief.'}), answers[index]?.[side] ?? ''),
    );
  return {before: record(0), after: record(1)};
}

test('the keys move from change to change', async t => {
  const {page, troubles} = await openReport(t, fourChanges());
  const focused = () => page.evaluate('document.activeElement.id');
  await page.keyboard.press('j');
  t.is(await focused(), 'change-1');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('j');
  t.is(await focused(), 'change-3');
  await page.keyboard.press('k');
  t.is(await focused(), 'change-2');
  const isOpen = () => page.evaluate('document.querySelector("#change-2 > details").open');
  await page.keyboard.press('o');
  t.false(await isOpen());
  await page.keyboard.press('o');
  t.true(await isOpen());
  t.deepEqual(troubles, []);
});

test('a number or a click shows only one verdict, and Escape shows everything again', async t => {
  const {page, troubles} = await openReport(t, fourChanges());
  const count = () => page.locator('article:visible').count();
  await page.keyboard.press('1');
  t.is(await page.locator('article:visible').getAttribute('data-verdict'), 'shape');
  t.is(await page.locator('.shown').textContent(), '1 of 4');
  await page.keyboard.press('f');
  t.is(await count(), 3);
  await page.keyboard.press('f');
  t.is(await count(), 4);
  await page.getByRole('button', {name: 'text'}).click();
  t.is(await count(), 3);
  await page.keyboard.press('Escape');
  t.is(await count(), 4);
  t.deepEqual(troubles, []);
});

test('search covers questions and answers, including folded ones', async t => {
  const {page, troubles} = await openReport(t, fourChanges());
  await page.keyboard.press('/');
  await page.keyboard.type('LOIRE');
  t.is(await page.locator('article:visible').count(), 1);
  t.regex((await page.locator('article:visible .question').textContent()) ?? '', /Name a river/);
  await page.keyboard.press('Enter');
  t.is(
    await page.evaluate('document.activeElement === document.querySelector("article:not([hidden])")'),
    true,
  );
  await page.keyboard.press('/');
  await page.keyboard.type(' nowhere');
  t.true(await page.getByText('No change matches.').isVisible());
  await page.keyboard.press('Escape');
  t.is(await page.locator('article:visible').count(), 4);
  t.deepEqual(troubles, []);
});

test('`?` lists the keys and disables them meanwhile', async t => {
  const {page} = await openReport(t, fourChanges());
  await page.keyboard.press('?');
  t.true(await page.getByRole('dialog').isVisible());
  await page.keyboard.press('j');
  t.not(await page.evaluate('document.activeElement.id'), 'change-1');
  await page.keyboard.press('Escape');
  t.false(await page.getByRole('dialog').isVisible());
});

test('different words are marked as deleted and inserted, each on its side', async t => {
  const {page} = await openReport(t, fourChanges());
  const change = page.locator('article', {hasText: 'Where is Paris?'});
  t.is(await change.locator('.was pre').textContent(), 'Paris is in France.');
  t.is(await change.locator('.now ins').textContent(), 'the north of ');
  t.is(await change.locator('.was ins, .now del').count(), 0);
  t.deepEqual(await change.locator('.turn h4').allTextContents(), ['system', 'user']);
});

const prompt = (third: string) => `You are a guide.\nBe brief.\n${third}\nNever guess.`;

/** Twenty questions whose system prompt changed in its third line, and two changes of other kinds. */
function manyChanges(): World {
  const questions = Array.from({length: 20}, (_, number) => `What is place number ${number}?`);
  const record = (third: string, say: (number: number) => string) =>
    questions.map((question, number) =>
      recordingOfView(viewAsking(question, {system: prompt(third), temperature: 0.5}), say(number)),
    );
  const rivers = (answer: string) => recordingOfView(viewAsking('Name a river.', {temperature: 0.5}), answer);
  return {
    before: [...record('Answer in French.', number => `Lieu ${number}.`), rivers('The Seine.')],
    after: [
      ...record('Answer in English.', number => `Place **${number}**.`),
      rivers(
        '# Rivers\n\n- The *Loire*\n- [more](https://example.com/rivers)\n\n| a | b |\n|--:|---|\n| 1 | 2 |',
      ),
      recordingOfView(viewAsking('What is a lake?'), 'Water.'),
    ],
  };
}

test('questions that changed in the same way are one folded group, which the keys and a search open', async t => {
  const {page, troubles} = await openReport(t, manyChanges());
  const group = page.locator('details.group');
  t.is(await group.count(), 1);
  t.is(
    await group.locator('> summary .question').textContent(),
    'system prompt, line 3, changed in 20 questions',
  );
  t.regex((await group.locator('> summary').textContent()) ?? '', /text 20/);
  t.is(await group.locator('article').count(), 20);
  t.is(await page.locator('article:visible').count(), 2);
  await group.locator('> summary').click();
  t.is(await page.locator('article:visible').count(), 22);
  t.deepEqual(await group.locator('> .request ins').allTextContents(), ['English']);
  await group.locator('> summary').click();
  await page.keyboard.press('/');
  await page.keyboard.type('number 17?');
  t.is(await page.locator('article:visible').count(), 1);
  t.is(await page.locator('.shown').textContent(), '1 of 22');
  t.deepEqual(troubles, []);
});

test('the answers come before the question, and unchanged settings are folded', async t => {
  const {page} = await openReport(t, manyChanges());
  const change = page.locator('section > article', {hasText: 'Name a river.'});
  const order = await page.evaluate(
    '[...document.querySelector("section > article").querySelectorAll(".answers, .request")].map(part => part.className)',
  );
  t.deepEqual(order, ['answers', 'request']);
  t.false(await change.locator('.settings pre').isVisible());
  await change.locator('.settings summary').click();
  t.regex((await change.locator('.settings pre').textContent()) ?? '', /temperature/);
});

test('marks for what was seen survive a reload, and go with the content', async t => {
  const world = manyChanges();
  const {page, troubles} = await openReport(t, world);
  const river = page.locator('article', {hasText: 'Name a river.'});
  const isOpen = () => page.locator('section > article > details[open]').count();
  await river.getByRole('button', {name: 'seen'}).click();
  t.is(await river.getByRole('button', {name: 'seen'}).getAttribute('aria-pressed'), 'true');
  t.is(await isOpen(), 1, 'a change that was seen is folded');
  await reloadStored(page);
  t.is(await river.getByRole('button', {name: 'seen'}).getAttribute('aria-pressed'), 'true');
  t.is(await isOpen(), 1);
  t.is(await page.locator('.unseen').textContent(), 'hide seen 1');
  await page.locator('.unseen').click();
  t.false(await river.isVisible());
  t.is(await page.locator('article[hidden]').count(), 1);
  await page.keyboard.press('Escape');
  t.true(await river.isVisible());

  // Another answer to the same question has not been seen.
  const marked = await page.evaluate('localStorage.getItem("retake-seen")');
  const other = await openReport(t, {
    ...world,
    after: world.after.map(recording =>
      JSON.stringify(recording.view).includes('river')
        ? recordingOfView(recording.view, 'The Rhine.')
        : recording,
    ),
  });
  await other.page.evaluate(`localStorage.setItem('retake-seen', ${JSON.stringify(marked)})`);
  await reloadStored(other.page);
  t.is(await other.page.locator('button.seen[aria-pressed=true]').count(), 0);
  t.deepEqual(troubles, []);
});

test('`s` marks a change and goes on, and broken marks in the storage do no harm', async t => {
  const {page, troubles} = await openReport(t, fourChanges());
  await page.evaluate(`localStorage.setItem('retake-seen', '{"no": [marks')`);
  await reloadStored(page);
  await page.keyboard.press('j');
  await page.keyboard.press('s');
  t.is(await page.evaluate('document.activeElement.id'), 'change-2');
  t.is(await page.locator('article.is-seen').getAttribute('id'), 'change-1');
  await page.keyboard.press('k');
  await page.keyboard.press('s');
  t.is(await page.locator('article.is-seen').count(), 0);
  t.deepEqual(troubles, []);
});

test('an answer that is Markdown is shown rendered or as its text', async t => {
  const {page, troubles} = await openReport(t, manyChanges());
  const now = page.locator('section > article .now').filter({hasText: 'Loire'});
  t.true(await now.locator('pre').first().isVisible());
  await now.getByRole('button', {name: 'rendered'}).click();
  t.false(await now.locator('> pre').isVisible());
  t.is(await now.locator('.rendered h5').textContent(), 'Rivers');
  t.is(await now.locator('.rendered em').textContent(), 'Loire');
  t.is(await now.locator('.rendered a').getAttribute('rel'), 'noopener noreferrer nofollow');
  t.is(await now.locator('.rendered td').count(), 2);
  await now.getByRole('button', {name: 'rendered'}).click();
  t.true(await now.locator('> pre').isVisible());
  t.is(await page.locator('.was', {hasText: 'The Seine.'}).getByRole('button').count(), 0);
  t.deepEqual(troubles, []);
});

test('rendered Markdown runs, fetches and embeds nothing', async t => {
  const hostile = [
    '# Title <img src=x onerror="document.title=1"> <script>document.title = 2</script>',
    '[a](javascript:alert(1)) [b](vbscript:x) [c](data:text/html,<script>1</script>) [d](JaVaScRiPt:1)',
    '![picture](https://example.com/tracker.png) ![inline](data:image/png;base64,AAAA)',
    '<https://example.com/ok> [e]: javascript:alert(1)',
    '[e]',
    '<iframe src="https://example.com"></iframe><style>* {display: none}</style>',
    '**bold** \u202e turned ::error:: ##[group]',
    '| a |\n|:-:|\n| <b onclick=x>1</b> |',
  ].join('\n\n');
  const view = viewAsking('What?');
  const {page, troubles} = await openReport(t, {
    before: [recordingOfView(view, 'Nothing.')],
    after: [recordingOfView(view, hostile)],
  });
  await page.getByRole('button', {name: 'rendered'}).click();
  const rendered = page.locator('.rendered');
  t.is(await rendered.locator('strong').textContent(), 'bold');
  t.is(await rendered.locator('img, script, iframe, style, b, [style], [onclick], [onerror]').count(), 0);
  const links = await page.evaluate('[...document.querySelectorAll(".rendered a")].map(link => link.href)');
  t.deepEqual(links, ['https://example.com/tracker.png', 'https://example.com/ok']);
  t.false((await rendered.innerHTML()).includes('\u202e'));
  t.deepEqual(troubles, []);
});

test('without scripts everything is readable, and no control without effect is shown', async t => {
  const {page, troubles} = await openReport(t, fourChanges(), {javaScriptEnabled: false});
  t.is(await page.locator('article:visible').count(), 4);
  t.is(await page.locator('.controls:visible').count(), 0);
  t.true(await page.getByText('The Loire.').isVisible());
  t.deepEqual(troubles, []);
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [390, 1280]) {
    test(`no text is cut off at ${width} pixels in the ${colorScheme}`, async t => {
      const {before, after} = fourChanges();
      const long = viewAsking('W'.repeat(300), {system: 'x'.repeat(500)});
      const world = {
        before: [...before, recordingOfView(long, `{"a": "${'y'.repeat(400)}"}`)],
        after: [...after, recordingOfView(long, 'z'.repeat(400))],
      };
      const {page, troubles} = await openReport(t, world, {colorScheme, viewport: {width, height: 800}});
      t.is(await page.evaluate('document.documentElement.scrollWidth'), width);
      t.deepEqual(troubles, []);
    });
  }
}

test('text has enough contrast in both themes', async t => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const {page} = await openReport(t, fourChanges(), {colorScheme});
    for (const selector of ['ins', 'del', '.provenance', '.verdict', '.question', '.turn h4']) {
      const ratio: number = await page.evaluate(`(${contrastRatio})(document.querySelector('${selector}'))`);
      t.true(ratio >= 4.5, `${selector} in the ${colorScheme}: ${ratio.toFixed(2)}`);
    }
  }
});

/** WCAG 2: the contrast ratio of a text and the nearest background behind it. Runs in the page. */
const contrastRatio = `element => {
  const parse = color => color.match(/[\\d.]+/g).map(Number);
  const luminance = color => parse(color).slice(0, 3)
    .map(value => value / 255)
    .map(value => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  let ground = element;
  while (parse(getComputedStyle(ground).backgroundColor)[3] === 0) ground = ground.parentElement;
  const [a, b] = [getComputedStyle(element).color, getComputedStyle(ground).backgroundColor].map(luminance);
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}`;

const onePixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

test('thumbnails are shown, with the changed page marked; invalid images are not', async t => {
  const withPages = (...digests: readonly string[]) =>
    viewAsking('What does it say?', {
      parts: [{type: 'document', pages: digests.map(pixels => ({pixels}))}],
    });
  const {page, troubles} = await openReport(t, {
    before: [recordingOfView(withPages('aa', 'bb'), 'Much.')],
    after: [recordingOfView(withPages('aa', 'svg'), 'Much.')],
    thumbnail: digest =>
      digest === 'svg'
        ? {bytes: Buffer.from('<svg onload="alert(1)"/>'), mediaType: 'image/svg+xml'}
        : {bytes: onePixel, mediaType: 'image/png'},
  });
  t.deepEqual(await page.locator('figure.changed figcaption').allTextContents(), [
    'page 2 of 2 changed',
    'page 2 of 2 changed',
  ]);
  t.deepEqual(await page.evaluate('[...document.images].map(image => image.naturalWidth)'), [1, 1, 1]);
  t.deepEqual(troubles, []);
});

for (const text of hostileTexts) {
  test(`the page shows ${JSON.stringify(text).slice(0, 60)} and does not run it`, async t => {
    const {page, troubles} = await openReport(t, hostileRecordings(text));
    t.deepEqual(troubles, []);
    t.not(await page.title(), 'owned');
    const found = await page.evaluate(
      `[...document.querySelectorAll('script, img, style, h1')].map(node => node.localName)`,
    );
    t.deepEqual(found, ['style', 'h1', 'script']);
    t.is(await page.locator('article').count(), await page.locator('main > section > article').count());
    t.regex((await page.locator('main').textContent()) ?? '', /owned/);
  });
}

test('a thousand changes fit on one page that reacts at once to keys and search', async t => {
  const record = (answer: string) =>
    Array.from({length: 1000}, (_, number) =>
      recordingOfView(viewAsking(`What is number ${number}?`), `${answer} ${'word '.repeat(60)}${number}.`),
    );
  const {page, troubles} = await openReport(t, {before: record('It was'), after: record('It is')});
  t.is(await page.locator('article').count(), 1000);
  await page.keyboard.press('/');
  await page.keyboard.type('number 777?');
  t.is(await page.locator('.shown').textContent(), '1 of 1000');
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  t.is(await page.evaluate('document.activeElement.id'), 'change-1');
  // Only visible articles are laid out: the browser skips the others.
  const skipped = await page.evaluate(
    `[...document.querySelectorAll('article')].filter(article => !article.firstElementChild.checkVisibility({contentVisibilityAuto: true})).length`,
  );
  t.true(Number(skipped) > 900);
  t.deepEqual(troubles, []);
});
