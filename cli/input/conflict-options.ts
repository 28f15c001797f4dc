import {type Command, Option} from 'commander';
import type {Preference} from '../../src/operations/merge-cassettes.js';

type Keep = Exclude<Preference, 'neither'>;

export type SideFlags = {readonly [side in Keep]?: true};

/** The three ways to decide conflicts. */
export function conflictOptions(command: Command): Command {
  return command
    .addOption(new Option('--ours', 'Where the sides disagree, keep ours').conflicts(['theirs', 'both']))
    .addOption(new Option('--theirs', 'Where the sides disagree, keep theirs').conflicts('both'))
    .addOption(
      new Option('--both', 'Where the sides disagree, keep the takes of ours, then those of theirs'),
    );
}

export function preferredSide({ours, theirs, both}: SideFlags): Keep | undefined {
  if (ours) return 'ours';
  if (theirs) return 'theirs';
  return both && 'both';
}
