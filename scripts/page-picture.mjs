// Takes the README's screenshot of the review page, from a diff of two small cassettes about a document in two editions. Run it
// after `npm run build` when the page changed; it needs pdftoppm and Chromium.
import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {PDFDocument, StandardFonts} from 'pdf-lib';
import {chromium} from 'playwright-core';
import sharp from 'sharp';
import {cassetteKey} from '../dist/src/cassette/key/key.js';
import {diffCassettes, renderDiff} from '../dist/src/index.js';
import {thumbnailOf} from '../dist/src/media/thumbnail.js';
import {writeCassette} from '../dist/test/support/cassette-files.js';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'retake-picture-'));
const thumbnails = new Map();

try {
  await writeEdition('main', {hour: '21:35', car: 'dining', days: 'one day', at: Date.UTC(2026, 9, 1, 9)});
  await writeEdition('topic', {
    hour: '22:05',
    car: 'sleeping',
    days: 'seven days',
    at: Date.UTC(2026, 10, 20, 14),
  });
  const diff = await diffCassettes(
    {kind: 'paths', before: 'main.cassette', after: 'topic.cassette'},
    {directory: folder},
  );
  const named = {
    before: 'main',
    after: 'night-trains',
    cassettes: diff.cassettes.map(cassette => ({...cassette, path: 'cassettes/support.cassette'})),
  };
  const page = await renderDiff(named, 'html', {thumbnail: digest => thumbnails.get(digest)});
  writeFileSync(join(folder, 'page.html'), page);
  await takePicture(pathToFileURL(join(folder, 'page.html')).href);
} finally {
  rmSync(folder, {recursive: true, force: true});
}

/** A cassette recorded when the document had these terms. */
async function writeEdition(name, {hour, car, days, at}) {
  const pages = await pagesOf(name, [
    ['Night trains', 'Prague and Vienna, every day.', 'Departures in the timetable.'],
    ['Terms', `A ticket can be returned up to ${days}`, 'before the journey.'],
    ['Luggage', 'Bicycles travel in the last carriage.', 'A reservation is needed.'],
  ]);
  const system = {
    role: 'system',
    parts: [text('You are the support assistant of a railway. Answer in one sentence.')],
  };
  const user = (...parts) => ({role: 'user', parts});
  const tools = [
    {
      name: 'find_train',
      description: 'Looks a connection up in the timetable',
      parameters: {
        type: 'object',
        properties: {from: {type: 'string'}, to: {type: 'string'}, night: {type: 'boolean'}},
      },
    },
  ];
  const document = {
    type: 'document',
    pages: pages.map(pixels => ({pixels})),
    render: {pageSize: 896, maxPages: 50},
  };
  const interactions = [
    [
      {operation: 'chat', turns: [system, user(document, text('Until when can I return my ticket?'))]},
      [said(`You can return your ticket up to ${days} before the journey.`)],
    ],
    [
      {operation: 'chat', turns: [system, user(text('When does the night train to Vienna leave?'))], tools},
      [said(`The night train to Vienna leaves at ${hour} from platform 8, and it has a ${car} car.`)],
    ],
    [
      {
        operation: 'chat',
        turns: [system, user(text('Is there a night train from Prague to Vienna?'))],
        tools,
      },
      called('find_train', {from: 'Prague', to: 'Vienna', ...(name === 'topic' && {night: true})}),
    ],
  ];
  await writeCassette(
    join(folder, `${name}.cassette`),
    interactions.map(([view, chunks]) => ({key: cassetteKey(view), view, take: takeOf(chunks, at)})),
  );
}

function text(words) {
  return {type: 'text', text: words};
}

function said(words) {
  return {type: 'text-delta', candidate: 0, text: words};
}

function called(name, given) {
  const call = {candidate: 0, call: 0};
  return [
    {type: 'tool-call-start', ...call, name},
    {type: 'tool-call-delta', ...call, text: JSON.stringify(given)},
  ];
}

function takeOf(chunks, recordedAt) {
  const answeredBy = {model: 'gemma-3-4b-it', engine: 'b6000'};
  const reason = chunks[0].type === 'text-delta' ? 'stop' : 'tool-calls';
  const end = {
    type: 'reply-end',
    finish: [{unified: reason, raw: reason}],
    usage: {inputTokens: 118, outputTokens: 24},
  };
  const all = [{type: 'reply-start', answeredBy}, ...chunks, end];
  return {
    chunks: all.map((chunk, index) => ({at: 40 * index, chunk})),
    provenance: {recordedAt, askedFor: 'gemini-2.5-flash', ...answeredBy},
  };
}

/** Creates the document, and keeps a thumbnail of each page; digests identify the pages. */
async function pagesOf(name, texts) {
  const pdf = await PDFDocument.create();
  const [regular, bold] = [
    await pdf.embedFont(StandardFonts.Helvetica),
    await pdf.embedFont(StandardFonts.HelveticaBold),
  ];
  for (const [title, ...lines] of texts) {
    const page = pdf.addPage([300, 384]);
    page.drawText(title, {x: 28, y: 320, size: 26, font: bold});
    for (const [index, line] of lines.entries())
      page.drawText(line, {x: 28, y: 280 - 22 * index, size: 13, font: regular});
  }
  const prefix = join(folder, name);
  execFileSync('pdftoppm', ['-png', '-scale-to', '600', '-', prefix], {input: await pdf.save()});
  const pictures = readdirSync(folder)
    .filter(file => file.startsWith(`${name}-`))
    .sort();
  return Promise.all(
    pictures.map(async file => {
      const bytes = readFileSync(join(folder, file));
      const digest = createHash('sha256').update(bytes).digest('hex');
      thumbnails.set(digest, await thumbnailOf(bytes, new AbortController().signal));
      return digest;
    }),
  );
}

async function takePicture(address) {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  try {
    const page = await browser.newPage({viewport: {width: 1180, height: 1240}, colorScheme: 'light'});
    await page.goto(address);
    const picture = await page.screenshot();
    await sharp(picture).png({palette: true, colours: 128}).toFile('docs/images/review-page.png');
  } finally {
    await browser.close();
  }
}
