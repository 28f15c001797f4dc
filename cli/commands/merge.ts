import {Command} from 'commander';
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
    .description(
      'Merges the cassettes of two branches, interaction by interaction; git calls it for its merges.',
    )
    .argument('<base>', 'The cassette where the branches parted; an empty file when there was none')
    .argument('<ours>', 'Ours; the result is written here unless --output says otherwise')
    .argument('<theirs>', 'Theirs')
    .argument('[path]', 'What the cassette is called in messages (git gives %P)')
    .option('--output <file>', 'Write the result into this file')
    .option('--ancestors', 'Leave out what the two disagree on: for common ancestors that git merges first')
    .option('--json', 'Print the conflicts as JSON')
    .addHelpText('after', examples)
    .action(
      async (base: string, ours: string, theirs: string, path: string | undefined, flags: MergeFlags) => {
        try {
          finish(await merge({base, ours, theirs, path}, flags, invocation));
        } catch (error) {
          // 1 says that there are conflicts, so whatever goes wrong here is 2. To git both mean that ours is kept.
          printError(error);
          finish(exitCodes.usage);
        }
      },
    );

const examples = `
What only one side has added, changed or removed is as that side has it. Equal answers are no conflict, whoever gave
them and when. Two answers to one question are, unless one of --ours, --theirs and --both says what to do: the result
is then a valid cassette that holds ours.

Exits with 0 when everything is merged, with 1 when there are conflicts, with 2 when a file cannot be read: then
nothing is written.

Examples:
  $ retake git install                                  git merges cassettes by itself from then on
  $ retake merge base.cassette ours.cassette theirs.cassette --output merged.cassette
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
  const keep = preferredSide(flags);
  const preference: Preference = flags.ancestors ? 'neither' : (keep ?? 'ours');
  const output = flags.output ?? ours;
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
  const isDecided = keep !== undefined || flags.ancestors === true;
  if (conflicts.length === 0 || isDecided) return exitCodes.success;
  if (!flags.json) process.stderr.write(describeConflicts(conflicts, path ?? output, path !== undefined));
  return exitCodes.failure;
}

function describeConflicts(conflicts: readonly ReportedConflict[], path: string, isInGit: boolean): string {
  const choices = isInGit
    ? 'retake resolve --ours | --theirs | --both'
    : 'once more with --ours, --theirs or --both';
  return [
    `retake: ${printableLine(path)}: ${countOf(conflicts.length, 'conflict')}; the file holds ours\n`,
    ...conflicts.map(describeConflict),
    `  Choose with: ${choices}\n`,
  ].join('');
}
