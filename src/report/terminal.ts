import type {RecordedAnswer} from '../cassette/compare/answer.js';
import {type Change, currentSide, findingsOf, isAskedDifferently} from '../cassette/compare/change.js';
import type {Verdict} from '../cassette/compare/change-verdict.js';
import type {CassetteDiff} from '../cassette/compare/compare-cassettes.js';
import {type TextPiece, wordDifferences} from '../cassette/compare/word-differences.js';
import {questionOf} from '../cassette/key/question.js';
import {shortKey} from '../cassette/key/short-key.js';
import {answerText, comparedTexts, describeProvenance} from './answer-text.js';
import {describeCounts, describeOutcome, diffTotals} from './diff-totals.js';
import {withoutLogCommands} from './log-commands.js';
import {printable, printableLine} from './printable.js';
import {groupTitles} from './question-groups.js';
import type {Paint, PaintStyle, ReportFormat, ReportOptions} from './report-format.js';
import type {ReportedDiff} from './reported-diff.js';

/** For a terminal: the worst changes first, differing words marked as `[-old-]{+new+}`. */
export const terminal: ReportFormat = function* (diff, options) {
  for (const lines of describe(diff, options)) yield withoutLogCommands(`${lines.join('\n')}\n`);
};

/** The number of changes whose answers are shown; a reader compares no more of them word by word. */
const answersShown = 500;

function* describe({before, after, cassettes}: ReportedDiff, options: ReportOptions): Iterable<string[]> {
  const {paint, totals, failOn} = options;
  yield [
    `${paint('bold', printableLine(before))} → ${paint('bold', printableLine(after))}: ${describeOutcome(totals, failOn)}`,
  ];
  let shown = 0;
  for (const cassette of cassettes) {
    yield ['', ...describeCassette(cassette, options)];
    for (const change of cassette.changes) {
      yield [
        '',
        ...describeChange(change, options),
        ...(shown++ < answersShown ? describeAnswers(change, paint) : []),
      ];
    }
  }
  if (cassettes.length > 1) yield ['', describeCounts(totals)];
  if (shown > answersShown) {
    yield [
      '',
      `The answers of ${answersShown} changes are shown above; for those of the other ${shown - answersShown}: --format html`,
    ];
  }
}

function describeCassette(cassette: CassetteDiff, options: ReportOptions): string[] {
  const {path, settings} = cassette;
  const counts = describeCounts(diffTotals({cassettes: [cassette]}, options.failOn));
  return [
    `${options.paint('bold', printableLine(path))}: ${counts}`,
    ...settings.map(sentence => `  setting ${printableLine(sentence)}`),
    ...groupTitles(cassette.changes).map(title => `  ${printableLine(title)}`),
  ];
}

function describeChange(change: Change, {paint, failOn}: ReportOptions): string[] {
  const {verdict} = change;
  const {view, key} = currentSide(change);
  const question = printableLine(JSON.stringify(questionOf(view)));
  const label = isAskedDifferently(change) ? `${paint('cyan', 'question changed')}  ` : '';
  const title = `  ${paint(styleOf(verdict, failOn), verdict.padEnd(9))}  ${label}${question}  ${paint('dim', shortKey(key))}`;
  const findings = findingsOf(change).map(({sentence}) => `    - ${printableLine(sentence)}`);
  return [title, ...findings];
}

function describeAnswers(change: Change, paint: Paint): string[] {
  switch (change.verdict) {
    case 'added':
      return describeWhole(change.after.answers, '+', paint);
    case 'removed':
      return describeWhole(change.before.answers, '-', paint);
    default:
      return change.askings
        .filter(({findings}) => findings.length > 0)
        .flatMap(({before, after}) => [
          ...quote(markWords(comparedTexts(before, after), paint)),
          `    ${paint('dim', printableLine(`was  ${describeProvenance(before)}`))}`,
          `    ${paint('dim', printableLine(`now  ${describeProvenance(after)}`))}`,
        ]);
  }
}

function describeWhole(answers: readonly RecordedAnswer[], sign: '+' | '-', paint: Paint): string[] {
  const style = sign === '+' ? 'green' : 'red';
  return answers.flatMap(answer => [
    ...quote(paint(style, printable(shortenMiddle(answerText(answer), 600)))),
    `    ${paint('dim', printableLine(describeProvenance(answer)))}`,
  ]);
}

/** The marks work without colours. */
function markWords([before, after]: readonly [string, string], paint: Paint): string {
  const pieces = wordDifferences(before, after);
  return pieces.map((piece, index) => markPiece(piece, index, pieces.length, paint)).join('');
}

/** The number of unchanged characters to show before and after a change in a long text. */
const context = 160;

function markPiece({kind, text}: TextPiece, index: number, count: number, paint: Paint): string {
  switch (kind) {
    case 'removed':
      return paint('red', `[-${printable(text)}-]`);
    case 'added':
      return paint('green', `{+${printable(text)}+}`);
    case 'same':
      if (index === 0) return printable(text.length > context ? `…${text.slice(-context)}` : text);
      if (index === count - 1) return printable(text.length > context ? `${text.slice(0, context)}…` : text);
      return printable(shortenMiddle(text, 2 * context));
  }
}

function shortenMiddle(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length / 2)} … ${text.slice(-length / 2)}`.toWellFormed();
}

/** The bar distinguishes recorded lines from retake's own. */
function quote(text: string): string[] {
  return text.split('\n').map(line => `    │ ${line}`.trimEnd());
}

function styleOf(verdict: Verdict, failOn: ReadonlySet<Verdict>): PaintStyle {
  if (failOn.has(verdict)) return 'red';
  return verdict === 'added' ? 'green' : 'yellow';
}
