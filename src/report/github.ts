import {type Change, currentSide, findingsOf} from '../cassette/diff/change.js';
import {questionOf} from '../cassette/question.js';
import {describeCounts, describeOutcome} from './diff-totals.js';
import {printable} from './printable.js';
import type {ReportFormat, ReportOptions} from './report-format.js';
import {workflowCommand} from './workflow-command.js';

/** GitHub shows so many annotations of one level for a step; the rest is counted. */
const annotationLimit = 10;

/** Annotations of GitHub Actions: errors for what fails a check, warnings for the rest, one notice with the counts. */
export const github: ReportFormat = ({cassettes}, options) => {
  const {totals, failOn} = options;
  const changes = cassettes.flatMap(({path, changes}) => changes.map(change => ({path, change})));
  const failing = changes.filter(({change}) => failOn.has(change.verdict));
  const others = changes.filter(({change}) => !failOn.has(change.verdict) && change.verdict !== 'added');
  const lines = [
    ...failing.slice(0, annotationLimit).map(({path, change}) => annotate('error', path, change)),
    ...others.slice(0, annotationLimit).map(({path, change}) => annotate('warning', path, change)),
    summarize(options),
  ];
  return `${lines.join('\n')}\n`;

  function summarize({totals: all}: ReportOptions): string {
    const told = `${describeOutcome(totals)}. ${describeCounts(all)}`;
    return workflowCommand('notice', {title: 'retake diff'}, told);
  }
};

function annotate(level: 'error' | 'warning', path: string, change: Change): string {
  const question = JSON.stringify(questionOf(currentSide(change).view));
  const sentences = findingsOf(change).map(({sentence}) => `- ${sentence}`);
  const message = [`${change.verdict}: ${question}`, ...sentences].map(line => inert(line)).join('\n');
  return workflowCommand(level, {title: `retake: ${change.verdict}`, file: printable(path)}, message);
}

/** The runner also looks for its older commands anywhere in a line. */
function inert(line: string): string {
  return printable(line).replaceAll('##[', '#\\x23[').replaceAll('##vso[', '#\\x23vso[');
}
