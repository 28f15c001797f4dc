import {github} from './github.js';
import {withoutLogCommands} from './log-commands.js';
import {printable} from './printable.js';
import type {ReportOptions} from './report-format.js';
import type {ReportedReview} from './reported-review.js';
import {workflowCommand} from './workflow-command.js';

/** A review as GitHub Actions annotations. GitHub shows ten of one level for a step, so invalid files come first. */
export function reviewAnnotations(
  {diff, checks, incomparable}: ReportedReview,
  options: ReportOptions,
): string {
  const about = checks.flatMap(({path, findings}) =>
    findings.map(({severity, message}) => annotate(severity, path, message)),
  );
  const unknown = incomparable.map(({path, message}) =>
    annotate('warning', path, `It cannot be compared. ${message}`),
  );
  return [...about, ...unknown, ...github(diff, options)].join('\n');
}

function annotate(level: 'error' | 'warning', path: string, message: string): string {
  const file = withoutLogCommands(printable(path));
  return workflowCommand(level, {title: 'retake verify', file}, withoutLogCommands(printable(message)));
}
