import {appendFileSync} from 'node:fs';
import {printableLine} from './printable.js';
import type {RunReport} from './run-report.js';
import {describeCounts} from './verdict-text.js';

/** What a run leaves in GitHub Actions: an annotation for each miss, one for unused takes, and a part of the job's summary. */
export function annotate(report: RunReport, {summaryFile}: {readonly summaryFile: string | undefined}): void {
  for (const {message} of report.misses) writeCommand('error', 'retake: not recorded', message);
  if (report.unused.length > 0) {
    writeCommand('warning', 'retake: unused takes', describeCounts(report));
  }
  if (summaryFile !== undefined) appendFileSync(summaryFile, describeInMarkdown(report));
}

/** A workflow command; the runner reads them from stderr as well, and stdout belongs to the command that was run. */
function writeCommand(level: 'error' | 'warning', title: string, message: string): void {
  process.stderr.write(`::${level} title=${escapeProperty(title)}::${escapeData(message)}\n`);
}

/** Escapes as the runner's toolkit does (actions/toolkit, packages/core/src/command.ts). */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function describeInMarkdown(report: RunReport): string {
  const rows = report.misses.map(
    ({cassette, question, nearest}) =>
      `| ${cell(cassette)} | ${cell(question)} | ${cell(nearest?.differences.join('; ') ?? 'nothing like it is recorded')} |`,
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

/** Text that strangers wrote as the content of a table cell: no markup, no line break. */
function cell(text: string): string {
  return printableLine(text).replaceAll(
    /[\\`*_{}[\]<>()#|~&!-]/g,
    character => `&#${character.charCodeAt(0)};`,
  );
}
