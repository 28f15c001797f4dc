/** An entry of the clone's configuration. */
export type ConfigEntry = {readonly name: string; readonly value: string};

/** The sections that belong to retake. */
export const configSections = ['diff.retake', 'merge.retake', 'merge.retake-ancestor'] as const;

/**
 * The settings of the diff and merge drivers. Each clone needs them, because git runs no commands that a repository defines. If branches
 * have several common ancestors, git merges those first: an interaction on which they differ counts as not recorded, so that the conflict
 * shows between the branches.
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

/** Quotes a path for the shell. */
export function shellWord(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
