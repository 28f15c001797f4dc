import type {RecordedAnswer} from '../cassette/compare/answer.js';
import {type Change, currentSide, findingsOf, isAskedDifferently} from '../cassette/compare/change.js';
import {verdictCatalogue, verdicts} from '../cassette/compare/change-verdict.js';
import type {CassetteDiff} from '../cassette/compare/compare-cassettes.js';
import {lineDifferences, type TextPiece} from '../cassette/compare/word-differences.js';
import {questionOf} from '../cassette/key/question.js';
import {answerText, comparedTexts, describeProvenance} from './answer-text.js';
import {describeCounts, describeOutcome, diffTotals} from './diff-totals.js';
import {withoutLogCommands} from './log-commands.js';
import {codeBlock, inlineCode} from './markdown-text.js';
import {groupTitles} from './question-groups.js';
import type {ReportFormat, ReportOptions} from './report-format.js';
import type {ReportedDiff} from './reported-diff.js';

/** For pull request comments and job summaries: counts first, then each change, folded under its request. */
export const markdown: ReportFormat = (diff, options) => [markdownText(diff, options)];

/** The same as one text. */
export function markdownText(diff: ReportedDiff, options: ReportOptions): string {
  const {before, after, cassettes} = diff;
  const {totals, failOn, maxLength = Infinity} = options;
  const head = [
    `### retake: ${describeOutcome(totals, failOn)}`,
    '',
    `${inlineCode(before)} → ${inlineCode(after)}: ${describeCounts(totals)}`,
    '',
    ...describeVerdicts(options),
  ].join('\n');
  const sections = cassettes.flatMap(cassette => describeCassette(cassette, options));
  return withoutLogCommands(joinUpTo(head, sections, maxLength));
}

function describeVerdicts({totals, failOn}: ReportOptions): string[] {
  const shown = verdicts.filter(verdict => totals.counts[verdict] > 0);
  if (shown.length === 0) return [];
  const rows = shown.map(verdict => {
    const mark = failOn.has(verdict) ? '**' : '';
    return `| ${mark}${verdict}${mark} | ${totals.counts[verdict]} | ${verdictCatalogue[verdict]} |`;
  });
  return ['| verdict | changes | meaning |', '|---|---:|---|', ...rows, ''];
}

type Section = {readonly text: string; readonly isChange: boolean};

function describeCassette(cassette: CassetteDiff, options: ReportOptions): readonly Section[] {
  const {path, settings, changes} = cassette;
  if (changes.length === 0 && settings.length === 0) return [];
  const counts = describeCounts(diffTotals({cassettes: [cassette]}, options.failOn));
  const title = [
    `#### ${inlineCode(path)}: ${counts}`,
    ...settings.map(sentence => `- setting ${inlineCode(sentence)}`),
    ...groupTitles(changes).map(title => `- ${inlineCode(title)}`),
    '',
  ].join('\n');
  return [
    {text: title, isChange: false},
    ...changes.map(change => ({text: describeChange(change, options), isChange: true})),
  ];
}

function describeChange(change: Change, {failOn}: ReportOptions): string {
  const {verdict} = change;
  const question = questionOf(currentSide(change).view) || 'a request without text';
  const name = failOn.has(verdict) ? `<b>${verdict}</b>` : verdict;
  const title = isAskedDifferently(change) ? `${name}, question changed` : name;
  return [
    `<details><summary>${title}: ${inlineCode(question)}</summary>`,
    '',
    ...findingsOf(change).map(({sentence}) => `- ${inlineCode(sentence)}`),
    '',
    ...describeAnswers(change),
    '</details>',
    '',
  ].join('\n');
}

function describeAnswers(change: Change): string[] {
  switch (change.verdict) {
    case 'added':
      return change.after.answers.flatMap(answer => describeAnswer({after: answer}));
    case 'removed':
      return change.before.answers.flatMap(answer => describeAnswer({before: answer}));
    default:
      return change.askings
        .filter(({findings}) => findings.length > 0)
        .flatMap(({before, after}) => describeAnswer({before, after}));
  }
}

function describeAnswer({before, after}: {before?: RecordedAnswer; after?: RecordedAnswer}): string[] {
  const [old, current] =
    before && after
      ? comparedTexts(before, after)
      : [before, after].map(answer => (answer ? answerText(answer) : ''));
  const pieces = lineDifferences(old ?? '', current ?? '');
  return [
    codeBlock(pieces.flatMap(markLines).join('\n'), 'diff'),
    '',
    ...(before ? [`- was ${inlineCode(describeProvenance(before))}`] : []),
    ...(after ? [`- now ${inlineCode(describeProvenance(after))}`] : []),
    '',
  ];
}

const signs = {same: ' ', removed: '-', added: '+'} as const satisfies Record<TextPiece['kind'], string>;

/** The number of unchanged lines to show before and after a change. */
const context = 3;

function markLines({kind, text}: TextPiece): string[] {
  const lines = text.replace(/\n$/, '').split('\n');
  const shown =
    kind === 'same' && lines.length > 2 * context
      ? [...lines.slice(0, context), '…', ...lines.slice(-context)]
      : lines;
  return shown.map(line => signs[kind] + line);
}

/** Markdown has a maximum length on GitHub: sections that do not fit are omitted and counted. */
function joinUpTo(head: string, sections: readonly Section[], maxLength: number): string {
  let text = `${head}\n`;
  let left = sections.filter(({isChange}) => isChange).length;
  for (const section of sections) {
    if (text.length + section.text.length + 1 > maxLength - leftNote(left).length) {
      return `${text}${leftNote(left)}`;
    }
    text += `${section.text}\n`;
    if (section.isChange) left--;
  }
  return text;
}

function leftNote(count: number): string {
  return `\n${count} more ${count === 1 ? 'change is' : 'changes are'} not shown here.\n`;
}
