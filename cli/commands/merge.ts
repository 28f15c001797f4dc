import {Command} from 'commander';
import {concealPassword} from '../../src/cassette/postgres/store-address.js';
import {
  mergeCassettes,
  type Preference,
  type ReportedConflict,
} from '../../src/operations/merge-cassettes.js';
import {conflictOptions, preferredSide, type SideFlags} from '../input/conflict-options.js';
import type {DefineCommand, Invocation} from '../input/invocation.js';
import {describeConflict} from '../output/conflict-text.js';
import {countOf} from '../output/count-of.js';
import {exitCodes} from '../output/exit-codes.js';
import {printError} from '../output/print-error.js';
import {printableLine} from '../output/printable.js';
import {writeJson} from '../output/write-json.js';

export const define: DefineCommand = (invocation, finish) =>
  conflictOptions(new Command('merge'))
    .argument('<base>', 'Cassette of the merge base, a file or database; may be an empty file')
    .argument('<ours>', 'Our cassette; receives the result unless --output is given')
    .argument('<theirs>', 'Their cassette')
    .argument('[path]', 'Name of the cassette in messages (%P of git)')
    .option('--output <file>', 'Write the result to this file or database')
    .option('--ancestors', 'Leave out conflicts, to merge common ancestors')
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action(
      async (base: string, ours: string, theirs: string, path: string | undefined, flags: MergeFlags) => {
        try {
          finish(await merge({base, ours, theirs, path}, flags, invocation));
        } catch (error) {
          // Exit code 1 means conflicts, so an error is 2. After both, git uses our side.
          printError(error);
          finish(exitCodes.usage);
        }
      },
    );

const examples = `
Git runs this for its merges after \`retake git install\`. Takes what only one
side changed. Different answers to one request are a conflict, unless --ours,
--theirs or --both is given; the result then is a valid cassette that holds
ours.

Exits with 0 if everything is merged, with 1 if there are conflicts, with 2
after an error, without a result.

Examples:
  $ retake merge base.cassette ours.cassette theirs.cassette
  $ retake merge /dev/null a.cassette b.cassette --both --output union.cassette`;

type MergeFlags = SideFlags & {readonly output?: string; readonly ancestors?: true; readonly json?: true};

type MergedFiles = {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
  readonly path: string | undefined;
};

async function merge(
  {base, ours, theirs, path}: MergedFiles,
  flags: MergeFlags,
  {directory}: Invocation,
): Promise<number> {
  const side = preferredSide(flags);
  const preference: Preference = flags.ancestors ? 'neither' : (side ?? 'ours');
  const output = concealPassword(flags.output ?? ours);
  const conflicts = await mergeCassettes({
    base,
    ours,
    theirs,
    output,
    shown: path ?? output,
    preference,
    isPrivate: path !== undefined,
    directory,
  });
  if (flags.json) writeJson({version: 1, conflicts});
  const isResolved = side !== undefined || flags.ancestors === true;
  if (conflicts.length === 0 || isResolved) return exitCodes.success;
  if (!flags.json) process.stderr.write(describeConflicts(conflicts, path ?? output, path !== undefined));
  return exitCodes.failure;
}

function describeConflicts(conflicts: readonly ReportedConflict[], path: string, isInGit: boolean): string {
  const choices = isInGit
    ? 'retake resolve --ours | --theirs | --both'
    : 'the same command with --ours, --theirs or --both';
  return [
    `retake: ${printableLine(path)}: ${countOf(conflicts.length, 'conflict')}; the file has our side\n`,
    ...conflicts.map(describeConflict),
    `  Resolve with: ${choices}\n`,
  ].join('');
}
