import {createHash} from 'node:crypto';
import {comparedRaw} from '../cassette/compare/answer.js';
import {type Change, currentSide, findingsOf, isAskedDifferently} from '../cassette/compare/change.js';
import {verdictCatalogue, verdicts} from '../cassette/compare/change-verdict.js';
import type {CassetteDiff} from '../cassette/compare/compare-cassettes.js';
import {questionOf} from '../cassette/key/question.js';
import {answerText} from './answer-text.js';
import {describeCounts, describeOutcome, diffTotals} from './diff-totals.js';
import {markChange, showAnswers} from './html/answers.js';
import {attribute, Markup, html as markup} from './html/markup.js';
import {showMedia} from './html/media.js';
import {showRequest} from './html/request.js';
import {script} from './html/script.js';
import {style} from './html/style.js';
import {differencesOf, groupByQuestion, type QuestionGroup} from './question-groups.js';
import type {ReportFormat, ReportOptions} from './report-format.js';

/** A self-contained page: it opens from a disk, sends no requests, and can be read without scripts. */
export const html: ReportFormat = function* (diff, options) {
  const {before, after, cassettes} = diff;
  const {totals, failOn} = options;
  const changes = cassettes.reduce((sum, cassette) => sum + cassette.changes.length, 0);
  const openUpTo = changes <= openLimit ? changes : 1;
  yield markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>retake: ${describeOutcome(totals, failOn)}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<header>
<h1><span class="brand">retake</span> ${describeOutcome(totals, failOn)}</h1>
<p class="states"><bdi>${before}</bdi> <span aria-hidden="true">→</span> <bdi>${after}</bdi><span class="total">${totals.identical} identical</span></p>
${showControls(options)}
</header>
<main>
`.text;
  let number = 0;
  for (const cassette of cassettes) {
    if (cassette.changes.length === 0 && cassette.settings.length === 0) continue;
    yield `<section>\n${showCassette(cassette, options).text}`;
    for (const item of groupByQuestion(cassette.changes)) {
      const isGroup = 'title' in item;
      if (isGroup) yield showGroupHead(item, options).text;
      for (const change of isGroup ? item.changes : [item]) {
        number++;
        const place = {number, isOpen: !isGroup && number <= openUpTo, isMarked: number <= markLimit};
        yield showChange(change, {...options, ...place}).text;
      }
      if (isGroup) yield '</details>\n';
    }
    yield '\n</section>\n';
  }
  yield markup`
<p class="none" hidden>No change matches.</p>
</main>
${keyboardHelp}
<script>${new Markup(script)}</script>
</body>
</html>
`.text;
};

/** The number of changes whose differing words are marked; the others are shown without marks. */
const markLimit = 2000;

/** On a page with more changes, only the first one starts open. */
const openLimit = 50;

/** Allows the style and the script of the page by their digests, and embedded images; nothing else. */
const contentPolicy = new Markup(
  [
    `default-src 'none'`,
    `style-src '${digestOf(style)}'`,
    `script-src '${digestOf(script)}'`,
    'img-src data:',
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; '),
);

function digestOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** Hidden if scripts are off. */
function showControls({totals, failOn}: ReportOptions): Markup {
  const shown = verdicts.filter(verdict => totals.counts[verdict] > 0);
  const filters = shown.map((verdict, index) => {
    const key = index < 9 ? markup`<kbd>${index + 1}</kbd>` : undefined;
    const kind = failOn.has(verdict) ? 'fails' : 'passes';
    return markup`<button type="button" class="${kind}" data-filter="${verdict}" aria-pressed="false" title="${attribute(verdictCatalogue[verdict])}">${key}${verdict} <b>${totals.counts[verdict]}</b></button>`;
  });
  return markup`<div class="controls" hidden>
<div class="filters" role="group" aria-label="Verdicts">${filters}</div>
<input type="search" aria-label="Search in all changes" placeholder="Search">
<button type="button" class="unseen" aria-pressed="false">hide seen <b>0</b></button>
<span class="shown" role="status"></span>
<button type="button" class="help" aria-label="Keys">?</button>
</div>`;
}

function showCassette(cassette: CassetteDiff, {failOn}: ReportOptions): Markup {
  const counts = describeCounts(diffTotals({cassettes: [cassette]}, failOn));
  const settings = cassette.settings.map(sentence => markup`<li>setting ${sentence}</li>`);
  return markup`<h2><bdi>${cassette.path}</bdi> <small>${counts}</small></h2>
${settings.length > 0 ? markup`<ul class="findings">${settings}</ul>` : undefined}
`;
}

/** The beginning of a group: what changed in the questions, once for all of them. */
function showGroupHead(group: QuestionGroup, {failOn}: ReportOptions): Markup {
  const {title, changes} = group;
  const kinds = verdicts
    .map(verdict => ({verdict, count: changes.filter(change => change.verdict === verdict).length}))
    .filter(({count}) => count > 0)
    .map(
      ({verdict, count}) =>
        markup` <span class="verdict ${failOn.has(verdict) ? 'fails' : 'passes'}">${verdict} ${count}</span>`,
    );
  const shared = differencesOf(changes[0]).map(
    ({part, before, after}) =>
      markup`<div class="turn"><h4>${part}</h4><pre>${markChange(before, after, true)}</pre></div>`,
  );
  return markup`<details class="group">
<summary><bdi class="question">${title}</bdi>${kinds}</summary>
<div class="request">${shared}</div>
`;
}

type Place = {readonly number: number; readonly isOpen: boolean; readonly isMarked: boolean};

function showChange(
  change: Change,
  {failOn, number, isOpen, isMarked, thumbnail = () => undefined}: ReportOptions & Place,
): Markup {
  const {verdict} = change;
  const {view, key} = currentSide(change);
  const question = questionOf(view, 200) || 'a request without text';
  const tag =
    isAskedDifferently(change) && verdict !== 'asked'
      ? markup` <span class="tag">question changed</span>`
      : undefined;
  const findings = findingsOf(change).map(
    ({verdict: kind, sentence}) => markup`<li><b>${kind}</b> <bdi>${sentence}</bdi></li>`,
  );
  return markup`<article id="change-${number}" data-verdict="${verdict}" data-content="${contentDigest(change)}" tabindex="-1">
<details${isOpen ? new Markup(' open') : undefined}>
<summary><span class="verdict ${failOn.has(verdict) ? 'fails' : 'passes'}">${verdict}</span> <bdi class="question">${question}</bdi>${tag} <code class="key">${key.replace(/^\d+:/, '').slice(0, 12)}</code><button type="button" class="seen" aria-pressed="false" hidden>seen</button></summary>
${findings.length > 0 ? markup`<ul class="findings">${findings}</ul>` : undefined}
${showAnswers(change, isMarked)}
${showMedia(change, thumbnail)}
${showRequest(change, isMarked)}
</details>
</article>
`;
}

/** The same for the same change in another report, so that a reader's mark stays with what was read. */
function contentDigest(change: Change): string {
  const sides =
    'before' in change && 'after' in change ? [change.before, change.after] : [currentSide(change)];
  const content = sides.map(({key, answers}) => [
    key,
    answers.map(answer => comparedRaw(answer) ?? answerText(answer)),
  ]);
  return createHash('sha256')
    .update(JSON.stringify([change.verdict, content]))
    .digest('hex')
    .slice(0, 20);
}

const keyboardHelp = markup`<dialog aria-label="Keys">
<h2>Keys</h2>
<dl>
<div><dt><kbd>j</kbd> <kbd>→</kbd></dt><dd>next change</dd></div>
<div><dt><kbd>k</kbd> <kbd>←</kbd></dt><dd>previous change</dd></div>
<div><dt><kbd>o</kbd></dt><dd>open or fold it</dd></div>
<div><dt><kbd>s</kbd></dt><dd>mark it as seen, and go on</dd></div>
<div><dt><kbd>m</kbd></dt><dd>Markdown or its text</dd></div>
<div><dt><kbd>/</kbd></dt><dd>search</dd></div>
<div><dt><kbd>1</kbd>–<kbd>9</kbd></dt><dd>one verdict alone</dd></div>
<div><dt><kbd>f</kbd></dt><dd>the next verdict</dd></div>
<div><dt><kbd>Esc</kbd></dt><dd>everything again</dd></div>
<div><dt><kbd>?</kbd></dt><dd>these keys</dd></div>
</dl>
<form method="dialog"><button>Close</button></form>
</dialog>`;
