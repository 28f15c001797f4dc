import type {VerifyFinding} from '../cassette/maintenance/verify-report.js';
import {withoutLogCommands} from './log-commands.js';
import {markdownText} from './markdown.js';
import {inlineCode, withoutMarkup} from './markdown-text.js';
import type {ReportOptions} from './report-format.js';
import type {ReportedReview} from './reported-review.js';

/** A review as Markdown: first the problems of the files, then the changed answers. */
export function reviewMarkdown(
  {diff, checks, incomparable}: ReportedReview,
  {maxLength = Infinity, ...options}: ReportOptions,
): string {
  const lines = [
    ...checks.flatMap(({path, findings}) => findings.map(finding => describeFinding(path, finding))),
    ...incomparable.map(({path, message}) => describe('warning', path, `It cannot be compared. ${message}`)),
  ];
  const problems = lines.length === 0 ? '' : listUpTo(lines, Math.min(maxLength / 2, problemsLength));
  return (
    withoutLogCommands(problems) + markdownText(diff, {...options, maxLength: maxLength - problems.length})
  );
}

/** Limits the problems, so that the changes have room. */
const problemsLength = 16_000;

function describeFinding(path: string, {severity, message, place}: VerifyFinding): string {
  const about = /^\d+:/.test(place) ? `${place.slice(0, 14)}: ` : '';
  return describe(severity, path, about + message);
}

function describe(severity: VerifyFinding['severity'], path: string, sentence: string): string {
  return `- ${severity === 'error' ? '**wrong**' : 'warning'} ${inlineCode(path)}: ${withoutMarkup(sentence)}`;
}

function listUpTo(lines: readonly string[], maxLength: number): string {
  let text = '### retake: look at these files\n\n';
  for (const [index, line] of lines.entries()) {
    const rest = `- and ${lines.length - index} more: retake verify\n`;
    if (text.length + line.length + rest.length + 2 > maxLength) return `${text}${rest}\n`;
    text += `${line}\n`;
  }
  return `${text}\n`;
}
