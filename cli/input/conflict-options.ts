import {type Command, Option} from 'commander';
import type {Preference} from '../../src/operations/merge-cassettes.js';

type Keep = Exclude<Preference, 'neither'>;

export type SideFlags = {readonly [side in Keep]?: true};

/** The three ways to resolve conflicts. */
export function conflictOptions(command: Command): Command {
  return command
    .addOption(new Option('--ours', 'Resolve conflicts with our side').conflicts(['theirs', 'both']))
    .addOption(new Option('--theirs', 'Resolve conflicts with their side').conflicts('both'))
    .addOption(new Option('--both', 'Resolve conflicts with our takes, followed by theirs'));
}

export function preferredSide({ours, theirs, both}: SideFlags): Keep | undefined {
  if (ours) return 'ours';
  if (theirs) return 'theirs';
  return both && 'both';
}
