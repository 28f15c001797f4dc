// Takes the documentation's pictures of the inspector: a real retake with a scripted model, and Chromium. Run it after `npm run build` when
// the page changed; it needs pdftoppm, git and Chromium. With the name of a folder, it writes there, unreduced.
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {chromium} from 'playwright-core';
import sharp from 'sharp';
import {createProxy} from '../dist/src/index.js';
import {buildPdf, textPage} from '../dist/test/support/documents/build-pdf.js';
import {ends, says, scriptedModel} from '../dist/test/support/scripted-model.js';

const target = process.argv[2] && resolve(process.argv[2]);
const images = fileURLToPath(new URL('../docs/images', import.meta.url));
/** Those of docs/inspector.md. */
const documented = ['empty', 'busy', 'miss', 'dark', 'phone'];
const folder = mkdtempSync(join(tmpdir(), 'retake-picture-'));
process.chdir(folder);
const cassette = 'cassettes';
const startedAt = Date.now();
/** The same day in each run. */
const now = () => Date.UTC(2026, 10, 29, 14, 5) + Date.now() - startedAt;
const page = {size: [300, 384], fontSize: 26};
const pdf = await buildPdf({
  pages: [
    {...textPage('Night trains', '', 'Prague and Vienna', 'Every day'), ...page},
    {...textPage('Terms', '', 'Tickets can be', 'returned up to', 'one day before'), ...page},
  ],
});
const system = 'You are the support assistant of a railway. Answer in one sentence.';
const answers = {
  'When does the night train to Vienna leave?':
    'The night train to Vienna leaves at **21:35** from platform 8, and it has a dining car.',
  'May I take a bicycle?': 'Yes, in the last carriage, with a reservation.',
  'Until when can I return my ticket?': 'You can return your ticket up to one day before the journey.',
  'Is there a night train from Prague to Vienna?': 'Yes, every day.',
};
const model = scriptedModel(request => {
  const asked = request.turns?.at(-1)?.parts.find(part => part.type === 'text')?.text ?? '';
  return [says(answers[asked] ?? 'Yes.'), ends()];
});
const media = {rasterizer: {path: process.env.PATH}};
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});

try {
  await withProxy({mode: 'auto', upstream: model.upstream}, async url => {
    await takePicture('empty', `${url}/`);
    for (const question of Object.keys(answers)) {
      await ask(url, question, question.includes('ticket') ? 'Today is 2026-11-03.' : '');
    }
  });
  git('init', '-q');
  git('add', '.');
  git('-c', 'user.name=a', '-c', 'user.email=a@localhost', 'commit', '-qm', 'Record');
  writeFileSync('retake.config.json', '{\n  "cassette": "cassettes",\n  "ignore": ["uuid"]\n}\n');

  const inspector = {configFile: 'retake.config.json'};
  await withProxy(
    {mode: 'replay', allowModeOverride: true, upstream: model.upstream, inspector},
    async url => {
      const sessions = await Promise.all(
        ['answers about trains', 'luggage', 'returns'].map(name => createSession(url, name)),
      );
      for (let round = 0; round < 12; round++) {
        for (const [index, question] of Object.keys(answers).entries()) {
          await ask(sessions[index % 3], question, question.includes('ticket') ? 'Today is 2026-11-03.' : '');
        }
      }
      await ask(sessions[1], 'May I take a dog?');
      await ask(sessions[0], 'Is there a night train from Prague to Vienna?', '', {
        'x-retake-fault': 'rate-limit',
      });
      await ask(sessions[0], 'Which platform?', '', {'x-retake-mode': 'auto'});
      await ask(sessions[2], 'Until when can I return my ticket?', 'Today is 2026-11-29.');
      await ask(sessions[0], 'When does the night train to Vienna leave?');
      const [miss, document] = await Promise.all([
        newest(url, ({outcome}) => outcome === 'miss'),
        newest(url, ({question, outcome}) => outcome === 'hit' && question.includes('return')),
      ]);
      await takePicture('busy', `${url}/#requests/${document}`);
      await takePicture('miss', `${url}/#requests/${miss}`, {height: 900});
      await takePicture('dark', `${url}/#requests/${miss}`, {colorScheme: 'dark', height: 900});
      await takePicture('rule', `${url}/#requests/${miss}`, {
        act: page => page.getByRole('button', {name: /Add this ignore rule/}).click(),
      });
      await takePicture('cassettes', `${url}/#cassettes`, {
        act: page => page.locator('#cassettes .row').first().click(),
      });
      const phone = {width: 390, height: 760, isMobile: true};
      await takePicture('phone', `${url}/`, phone);
      await takePicture('phone-miss', `${url}/#requests/${miss}`, phone);
      await fetch(`${url}/_retake/v1/exchanges/${miss}/record`, {method: 'POST'});
    },
  );
  await withProxy({mode: 'replay'}, async url => takePicture('changes', `${url}/#changes`));
} finally {
  await browser.close();
  rmSync(folder, {recursive: true, force: true});
}

async function withProxy(options, use) {
  const proxy = await createProxy({cassette, media, now, ...options});
  try {
    await use((await proxy.listen()).replace('127.0.0.1', 'localhost'));
  } finally {
    await proxy.close();
  }
}

async function createSession(url, name) {
  const body = JSON.stringify({name, cassette: 'support'});
  const response = await fetch(`${url}/_retake/v1/sessions`, {method: 'POST', body});
  return (await response.json()).urls.gemini;
}

async function ask(base, question, today = '', headers = {}) {
  const file = {inlineData: {mimeType: 'application/pdf', data: Buffer.from(pdf).toString('base64')}};
  const parts = today === '' ? [{text: question}] : [file, {text: question}];
  const address = base.includes('/@') ? base : `${base}/@support`;
  const response = await fetch(`${address}/v1beta/models/gemini-2.5-flash:generateContent`, {
    method: 'POST',
    headers: {'content-type': 'application/json', ...headers},
    body: JSON.stringify({
      systemInstruction: {parts: [{text: `${system}${today === '' ? '' : ` ${today}`}`}]},
      contents: [{role: 'user', parts}],
      generationConfig: {temperature: 0.2},
    }),
  });
  await response.text();
}

async function newest(url, isWanted) {
  const response = await fetch(`${url}/_retake/v1/exchanges`);
  return (await response.json()).exchanges.find(isWanted).id;
}

function git(...words) {
  execFileSync('git', words);
}

async function takePicture(name, address, {act, width = 1180, height = 760, ...options} = {}) {
  const viewport = {width, height};
  const context = await browser.newContext({viewport, colorScheme: 'light', ...options});
  try {
    const page = await context.newPage();
    page.on('console', message => process.stderr.write(`${name}: ${message.text()}\n`));
    page.on('pageerror', error => process.stderr.write(`${name}: ${error.message}\n`));
    await page.goto(address);
    await page.locator('.connection.is-live').waitFor({state: 'attached'});
    await page.waitForLoadState('networkidle', {timeout: 2000}).catch(() => {});
    await act?.(page);
    await page.waitForTimeout(500);
    const picture = await page.screenshot();
    if (target) writeFileSync(join(target, `${name}.png`), picture);
    else if (documented.includes(name)) {
      const file = join(images, `inspector-${name}.png`);
      await sharp(picture).png({palette: true, colours: 64, effort: 10}).toFile(file);
    }
  } finally {
    await context.close();
  }
}
