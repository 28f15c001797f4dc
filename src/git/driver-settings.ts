/** One entry of a clone's own configuration. */
export type ConfigEntry = {readonly name: string; readonly value: string};

/** The sections that are ours alone. */
export const configSections = ['diff.retake', 'merge.retake', 'merge.retake-ancestor'] as const;

/**
 * What git has to know in each clone, because it takes no commands from a repository. Where branches have several common ancestors, git
 * merges these first: a question on which they disagree must then count as not recorded, so that its conflict shows between the branches.
 */
export function driverSettings(command: string): readonly ConfigEntry[] {
  return [
    {name: 'diff.retake.textconv', value: `${command} textconv`},
    {name: 'diff.retake.xfuncname', value: '^(interaction .*)$'},
    {name: 'merge.retake.name', value: 'retake: interactions of both sides'},
    {name: 'merge.retake.driver', value: `${command} merge %O %A %B %P`},
    {name: 'merge.retake.recursive', value: 'retake-ancestor'},
    {name: 'merge.retake-ancestor.name', value: 'retake: common ancestors'},
    {name: 'merge.retake-ancestor.driver', value: `${command} merge --ancestors %O %A %B %P`},
  ];
}

/** A path as one word of a shell. */
export function shellWord(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
