import {Command} from 'commander';
import {RetakeError} from '../../src/errors.js';
import {type Resolution, type Resolutions, resolveCassettes} from '../../src/operations/resolve-cassettes.js';
import {conflictOptions, preferredSide, type SideFlags} from '../input/conflict-options.js';
import type {DefineCommand} from '../input/invocation.js';
import {describeConflict} from '../output/conflict-text.js';
import {countOf} from '../output/count-of.js';
import {printableLine} from '../output/printable.js';
import {writeJson} from '../output/write-json.js';

export const define: DefineCommand = ({directory}) =>
  conflictOptions(new Command('resolve'))
    .argument('[file...]', 'Cassette files or folders (default: all with conflicts)')
    .option('--no-stage', 'Do not run `git add`')
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action(async (paths: readonly string[], flags: SideFlags & {stage: boolean; json?: true}) => {
      const keep = preferredSide(flags);
      if (!keep) {
        throw new RetakeError('invalid_setting', 'Expected one of --ours, --theirs and --both, got none');
      }
      const resolutions = await resolveCassettes({keep, paths, isStaged: flags.stage, directory});
      if (flags.json) writeJson({version: 1, ...resolutions});
      else process.stdout.write(describe(resolutions));
    });

const examples = `
Merges both sides again from git's index, resolves the conflicts with the given
option, and stages the file. In a rebase, ours is the branch that you rebase
onto, and theirs is your commit: the output names both.

Examples:
  $ retake resolve --theirs
  $ retake resolve --both cassettes/chat.cassette`;

function describe({sides, resolved}: Resolutions): string {
  return [
    `ours    ${printableLine(sides.ours)}\n`,
    ...(sides.theirs === undefined ? [] : [`theirs  ${printableLine(sides.theirs)}\n`]),
    ...resolved.map(describeResolution),
  ].join('');
}

function describeResolution({path, keep, isStaged, isRemoved, conflicts}: Resolution): string {
  const done = isRemoved ? 'removed as in' : `${countOf(conflicts.length, 'conflict')} resolved with`;
  const staged = isStaged ? 'staged' : 'not staged';
  return [`${printableLine(path)}: ${done} ${keep}, ${staged}\n`, ...conflicts.map(describeConflict)].join(
    '',
  );
}
