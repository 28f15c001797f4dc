import {type RekeyOptions, type RekeyReport, rekeyCassette} from '../../src/operations/rekey-cassette.js';
import {printableLine} from '../output/printable.js';
import {describeRekeying} from '../output/rekey-text.js';
import {withProgress} from '../output/with-progress.js';
import {writeJson} from '../output/write-json.js';

export type RekeyFlags = {readonly dryRun?: boolean; readonly json?: true};

/** Applies these settings to cassettes, and reports the changes, made or planned. */
export async function rekeyAndReport(
  paths: readonly string[],
  {settings, verb}: {readonly settings: RekeyOptions['settings']; readonly verb: string},
  {dryRun = false, json}: RekeyFlags,
): Promise<void> {
  const cassettes: (RekeyReport & {path: string})[] = [];
  for (const path of paths) {
    const report = await withProgress(`Reading ${printableLine(path)}`, log =>
      rekeyCassette({path, settings, isWritten: !dryRun, log}),
    );
    cassettes.push({path, ...report});
  }
  if (json) writeJson({version: 1, written: !dryRun, cassettes});
  else process.stdout.write(describeRekeying(cassettes, {verb, isWritten: !dryRun}));
}
