import {existsSync} from 'node:fs';
import {join, relative} from 'node:path';
import type {VerifyReport} from '../cassette/maintenance/verify-report.js';
import {repositoryTop} from '../git/changed-files.js';
import type {ReportedReview} from '../report/reported-review.js';
import {type DiffOptions, diffCassettes} from './diff-cassettes.js';
import {verifyCassette} from './verify-cassette.js';

/** What becomes of cassettes when a branch is merged: how they differ from where it left its base, and whether they are whole. */
export async function reviewCassettes(
  base: string,
  {directory = '.', paths, tokens, asked}: Omit<DiffOptions, 'onUnreadable'> = {},
): Promise<ReportedReview> {
  const unreadable: {readonly path: string; readonly message: string}[] = [];
  const diff = await diffCassettes(
    {kind: 'base', ref: base},
    {
      directory,
      ...(paths && {paths}),
      ...(tokens && {tokens}),
      asked,
      onUnreadable: (path, {message}) => unreadable.push({path, message}),
    },
  );
  const top = await repositoryTop(directory);
  const checks = [];
  for (const {path} of [...diff.cassettes, ...unreadable]) {
    const file = join(top, path);
    // One that was deleted has nothing to check.
    if (existsSync(file)) checks.push(checkOf(path, await verifyCassette(relative('', file))));
  }
  // What verifying says of a file that cannot be read is said best there; the rest is about how it was at the base.
  const invalid = new Set(checks.filter(({isValid}) => !isValid).map(({path}) => path));
  return {
    diff,
    checks: checks.filter(({findings}) => findings.length > 0),
    incomparable: unreadable.filter(({path}) => !invalid.has(path)),
  };
}

function checkOf(path: string, {isValid, findings}: VerifyReport): ReportedReview['checks'][number] {
  return {path, isValid, findings};
}
