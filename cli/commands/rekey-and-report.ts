import type {RekeyOptions, RekeyReport} from '../../src/operations/rekey-cassette.js';
import {printableLine} from '../output/printable.js';
import {describeRekeying} from '../output/rekey-text.js';
import {withProgress} from '../output/with-progress.js';
import {writeJson} from '../output/write-json.js';

export type RekeyFlags = {readonly dryRun?: boolean; readonly json?: true};

export type RewriteKeys = (options: Omit<RekeyOptions, 'settings'>) => Promise<RekeyReport>;

/** Applies settings to cassettes, and reports the changes, made or planned. */
export async function rekeyAndReport(
  paths: readonly string[],
  {rewrite, verb}: {readonly rewrite: RewriteKeys; readonly verb: string},
  {dryRun = false, json}: RekeyFlags,
): Promise<void> {
  const cassettes: (RekeyReport & {path: string})[] = [];
  for (const path of paths) {
    const report = await withProgress(`Reading ${printableLine(path)}`, log =>
      rewrite({path, isWritten: !dryRun, log}),
    );
    cassettes.push({path, ...report});
  }
  if (json) writeJson({version: 1, written: !dryRun, cassettes});
  else process.stdout.write(describeRekeying(cassettes, {verb, isWritten: !dryRun}));
}
