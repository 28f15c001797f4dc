// Takes the documentation's screenshots of pull request comments: real reviews, their Markdown rendered with GitHub's
// style. Run it after `npm run build` when the comment changed; it needs Chromium.
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import markdownIt from 'markdown-it';
import {chromium} from 'playwright-core';
import sharp from 'sharp';
import {diffCassettes} from '../dist/src/index.js';
import {renderReview} from '../dist/src/report/render-review.js';
import {recordingOfView, takeSaying, viewAsking} from '../dist/test/cassette/compare/build-diff.js';
import {writeCassette} from '../dist/test/support/cassette-files.js';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'retake-picture-'));
const system = 'You are the support assistant of a railway. Answer in one sentence.';

try {
  await record('main', Date.UTC(2026, 9, 1, 9), {
    'Extract the booking as JSON: two seats for Novak, 59.80.':
      '{"name": "Novak", "seats": 2, "price": 59.8}',
    'When does the night train to Vienna leave?':
      'The night train to Vienna leaves at 21:35 from platform 8, and it has a dining car.',
    'Is there a night train from Prague to Vienna?': 'Yes, every day.',
  });
  await record('topic', Date.UTC(2026, 10, 20, 14), {
    'Extract the booking as JSON: two seats for Novak, 59.80.':
      '{"name": "Novak", "seats": "2", "price": 59.8}',
    'When does the night train to Vienna leave?':
      'The night train to Vienna leaves at 22:05 from platform 8, and it has a sleeping car.',
    'Is there a night train from Prague to Vienna?': 'Yes, every day.',
    'May I take a bicycle?': 'Yes, in the last carriage, with a reservation.',
  });
  await photograph('pull-request-comment', {
    after: 'night-trains',
    cassette: 'support',
    footer: '\n[Questions and answers side by side](https://example.org)\n',
  });
  await record('main', Date.UTC(2026, 10, 29, 9), {
    'What is the capital of France?': ' The capital of France is Paris.\n',
  });
  await record('topic', Date.UTC(2026, 10, 29, 10), {'Name the capital of France.': ' Paris.\n'});
  await photograph('tutorial-comment', {
    after: 'city-alone',
    cassette: 'test_capital',
    failOn: ['error', 'finish', 'tool-call', 'shape'],
  });
} finally {
  rmSync(folder, {recursive: true, force: true});
}

/** Compares the two cassettes, and takes a picture of the comment. */
async function photograph(name, {after, cassette, footer = '', failOn}) {
  const {cassettes} = await diffCassettes(
    {kind: 'paths', before: 'main.cassette', after: 'topic.cassette'},
    {directory: folder},
  );
  const diff = {
    before: 'origin/main (ae5a26d20f)',
    after,
    cassettes: cassettes.map(one => ({...one, path: `cassettes/${cassette}.cassette`})),
  };
  const text = renderReview({diff, checks: [], incomparable: []}, 'markdown', {failOn});
  writeFileSync(join(folder, 'comment.html'), pageOf(markdownIt({html: true}).render(text + footer)));
  await takePicture(pathToFileURL(join(folder, 'comment.html')).href, `docs/images/${name}.png`);
}

async function record(name, recordedAt, answers) {
  rmSync(join(folder, `${name}.cassette`), {force: true});
  await writeCassette(
    join(folder, `${name}.cassette`),
    Object.entries(answers).map(([question, text]) =>
      recordingOfView(
        viewAsking(question, {system}),
        takeSaying({text, usage: {inputTokens: 48, outputTokens: 21}}, recordedAt),
      ),
    ),
  );
}

/** The comment in GitHub's frame; the worst change is unfolded. */
function pageOf(comment) {
  const style = readFileSync('node_modules/github-markdown-css/github-markdown-light.css', 'utf8');
  return `<!doctype html><meta charset="utf-8"><style>${style}
    body {margin: 0; padding: 16px; background: #fff; width: 860px}
    .frame {border: 1px solid #d1d9e0; border-radius: 6px; overflow: hidden}
    .author {padding: 8px 16px; background: #f6f8fa; border-bottom: 1px solid #d1d9e0; color: #59636e;
      font: 14px -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif}
    .author b {color: #1f2328} .label {border: 1px solid #d1d9e0; border-radius: 2em; padding: 0 6px; font-size: 12px}
    .markdown-body {padding: 16px; font-size: 14px}
    .removed, .added {display: inline-block; width: 100%}
    .removed {color: #82071e; background: #ffebe9} .added {color: #116329; background: #dafbe1}
    </style><div class="frame"><div class="author"><b>github-actions</b> <span class="label">bot</span> commented</div>
    <div class="markdown-body">${paintDiffs(comment.replace('<details>', '<details open>'))}</div></div>`;
}

/** GitHub's colours for code blocks of the language diff. */
function paintDiffs(html) {
  return html.replaceAll(/(<code class="language-diff">)([\s\S]*?)(?=<\/code>)/g, (_, start, lines) => {
    const painted = lines
      .split('\n')
      .map(line =>
        line
          .replace(/^-.*/, '<span class="removed">$&</span>')
          .replace(/^\+.*/, '<span class="added">$&</span>'),
      );
    return start + painted.join('\n');
  });
}

async function takePicture(address, file) {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  try {
    const page = await browser.newPage({viewport: {width: 892, height: 400}, deviceScaleFactor: 1.5});
    await page.goto(address);
    const picture = await page.screenshot({fullPage: true});
    await sharp(picture).png({palette: true, colours: 128}).toFile(file);
  } finally {
    await browser.close();
  }
}
