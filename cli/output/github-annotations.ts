import {appendFileSync} from 'node:fs';
import {workflowCommand} from '../../src/report/workflow-command.js';
import {printableLine} from './printable.js';
import type {RunReport} from './run-report.js';
import {describeCounts} from './verdict-text.js';

/** Reports a run to GitHub Actions: an annotation for each miss, one for unused takes, and a section of the job summary. */
export function annotate(report: RunReport, {summaryFile}: {readonly summaryFile: string | undefined}): void {
  for (const {message} of report.misses) writeCommand('error', 'retake: not recorded', message);
  if (report.givenUp) writeCommand('error', 'retake: answers given up', describeCounts(report));
  if (report.notSent) writeCommand('error', 'retake: token limit reached', describeCounts(report));
  if (report.unused.length > 0) {
    writeCommand('warning', 'retake: unused takes', describeCounts(report));
  }
  if (summaryFile !== undefined) appendFileSync(summaryFile, describeInMarkdown(report));
}

/** Reports that the real API would refuse a request of the run. */
export function annotateApiRefusal(message: string): void {
  writeCommand('warning', 'retake: refused by the real API', message);
}

/** The runner reads commands from stderr as well, and stdout belongs to the command that was run. */
function writeCommand(level: 'error' | 'warning', title: string, message: string): void {
  process.stderr.write(`${workflowCommand(level, {title}, message)}\n`);
}

function describeInMarkdown(report: RunReport): string {
  const rows = report.misses.map(
    ({cassette, question, nearest}) =>
      `| ${cell(cassette)} | ${cell(question)} | ${cell(nearest?.differences.join('; ') ?? 'there is no similar recording')} |`,
  );
  return [
    `### retake: ${describeCounts(report)}`,
    '',
    ...(rows.length > 0
      ? ['| cassette | not recorded | differs from the nearest recording in |', '|---|---|---|', ...rows, '']
      : []),
    '',
  ].join('\n');
}

/** Untrusted text as the content of a table cell: no markup, no line break. */
function cell(text: string): string {
  return printableLine(text).replaceAll(
    /[\\`*_{}[\]<>()#|~&!-]/g,
    character => `&#${character.charCodeAt(0)};`,
  );
}
