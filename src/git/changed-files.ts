import {RetakeError} from '../errors.js';
import type {ComparedStates} from './compared-states.js';
import {runGit} from './run-git.js';

/** A file that differs between two states. The sides are object ids; `work-tree` stands for the file itself. */
export type ChangedFile = {
  /** Relative to the top of the repository. */
  readonly path: string;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
};

export const inWorkTree = 'work-tree';

/** The top folder of the repository. */
export async function repositoryTop(directory: string): Promise<string> {
  return (await runGit(directory, ['rev-parse', '--show-toplevel'])).toString().replace(/\n$/, '');
}

/**
 * The files with the ending whose content differs, including untracked files. `paths` are pathspecs.
 * @throws RetakeError `git_failed` if one of them has a merge conflict
 */
export async function changedFiles(
  top: string,
  {before, after}: ComparedStates,
  {ending, paths}: {readonly ending: string; readonly paths: readonly string[]},
): Promise<readonly ChangedFile[]> {
  const sides = {commit: [], index: ['--cached'], 'work-tree': []}[after.kind];
  const ids = after.kind === 'commit' ? [before.id, after.id] : [before.id];
  const flags = ['--raw', '-z', '--no-abbrev', '--no-renames', '--no-ext-diff', ...sides];
  const raw = await runGit(top, ['diff', ...flags, ...ids, '--', ...paths], {paths: 'glob'});
  const tracked = readRaw(raw.toString()).filter(({path}) => path.endsWith(ending));
  const untracked = after.kind === 'work-tree' ? await untrackedFiles(top, {ending, paths}) : [];
  const trackedPaths = new Set(tracked.map(({path}) => path));
  return [...tracked, ...untracked.filter(({path}) => !trackedPaths.has(path))].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
}

async function untrackedFiles(
  top: string,
  {ending, paths}: {readonly ending: string; readonly paths: readonly string[]},
): Promise<readonly ChangedFile[]> {
  const words = ['ls-files', '-z', '--others', '--exclude-standard', '--', ...paths];
  const listed = await runGit(top, words, {paths: 'glob'});
  return listed
    .toString()
    .split('\0')
    .filter(path => path.endsWith(ending))
    .map(path => ({path, after: inWorkTree}));
}

/** `:100644 100644 <id> <id> M`, NUL, path, NUL (git help diff-format). An id of zeros stands for a file that does not exist, or is not stored. */
function readRaw(text: string): ChangedFile[] {
  const fields = text.split('\0');
  const files: ChangedFile[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [, , before = '', after = '', status = ''] = (fields[index] ?? '').split(' ');
    const path = fields[index + 1] ?? '';
    if (status === 'U') {
      throw new RetakeError('git_failed', `${path} has a merge conflict and cannot be compared`, {
        hint: 'Resolve the conflict first.',
      });
    }
    files.push({
      path,
      before: status === 'A' ? undefined : before,
      after: status === 'D' ? undefined : isStored(after) ? after : inWorkTree,
    });
  }
  return files;
}

function isStored(id: string): boolean {
  return !/^0+$/.test(id);
}
