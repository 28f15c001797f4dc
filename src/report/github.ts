import {type Change, currentSide, findingsOf} from '../cassette/compare/change.js';
import {questionOf} from '../cassette/key/question.js';
import {describeCounts, describeOutcome} from './diff-totals.js';
import {withoutLogCommands} from './log-commands.js';
import {printable} from './printable.js';
import type {ReportFormat} from './report-format.js';
import {workflowCommand} from './workflow-command.js';

/** GitHub shows this many annotations of one level for a step; the rest are counted. */
const annotationLimit = 10;

/** GitHub Actions annotations: errors for failing changes, warnings for the others, one notice with the counts. */
export const github: ReportFormat = function* ({cassettes}, {totals, failOn}) {
  const changes = cassettes.flatMap(({path, changes}) => changes.map(change => ({path, change})));
  const failing = changes.filter(({change}) => failOn.has(change.verdict));
  const others = changes.filter(({change}) => !failOn.has(change.verdict) && change.verdict !== 'added');
  const outcome = `${describeOutcome(totals, failOn)}. ${describeCounts(totals)}`;
  yield [
    ...failing.slice(0, annotationLimit).map(({path, change}) => annotate('error', path, change)),
    ...others.slice(0, annotationLimit).map(({path, change}) => annotate('warning', path, change)),
    workflowCommand('notice', {title: 'retake diff'}, outcome),
    '',
  ].join('\n');
};

function annotate(level: 'error' | 'warning', path: string, change: Change): string {
  const question = JSON.stringify(questionOf(currentSide(change).view));
  const sentences = findingsOf(change).map(({sentence}) => `- ${sentence}`);
  const message = [`${change.verdict}: ${question}`, ...sentences].map(inert).join('\n');
  return workflowCommand(level, {title: `retake: ${change.verdict}`, file: inert(path)}, message);
}

/** The runner finds its older commands anywhere in a line. */
function inert(line: string): string {
  return withoutLogCommands(printable(line));
}
