import {existsSync} from 'node:fs';
import {join, relative, resolve} from 'node:path';
import type {VerifyReport} from '../cassette/maintenance/verify-report.js';
import {isStoreAddress} from '../cassette/postgres/store-address.js';
import {repositoryTop} from '../git/changed-files.js';
import type {ReportedReview} from '../report/reported-review.js';
import {type DiffOptions, diffCassettes} from './diff-cassettes.js';
import {verifyCassette} from './verify-cassette.js';

/** Reviews cassettes against those of a database, or of an earlier state of it: how they differ, and whether they are valid. */
export async function reviewStored(
  {before, after}: {readonly before: string; readonly after: string},
  options: Omit<DiffOptions, 'onUnreadable' | 'paths'> = {},
): Promise<ReportedReview> {
  const diff = await diffCassettes({kind: 'paths', before, after}, options);
  const checks = [];
  for (const {path} of diff.cassettes) {
    const place = isStoreAddress(path) ? path : resolve(options.directory ?? '.', path);
    if (isStoreAddress(path) || existsSync(place)) checks.push(checkOf(path, await verifyCassette(place)));
  }
  return {diff, checks: checks.filter(({findings}) => findings.length > 0), incomparable: []};
}

/** Reviews a branch: how its cassettes differ from the merge base, and whether they are valid. */
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
    // A deleted cassette needs no check.
    if (existsSync(file)) checks.push(checkOf(path, await verifyCassette(relative('', file))));
  }
  // `verify` reports a file that cannot be read; what remains concerns the file at the base.
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
