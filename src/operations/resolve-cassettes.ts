import {existsSync, readFileSync, rmSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {cassetteExtension, cassettePaths, newSidecar} from '../cassette/file/cassette-paths.js';
import {type CommittedFile, openCommittedBytes} from '../cassette/file/committed-file.js';
import {underLock} from '../cassette/file/flush-sessions.js';
import {writeCanonicalFile} from '../cassette/file/write-committed-file.js';
import {mergeBranches, type Preference} from '../cassette/merge/merge-branches.js';
import {concealPassword, isStoreAddress} from '../cassette/postgres/store-address.js';
import {omitUndefined} from '../chat/omit-undefined.js';
import {RetakeError} from '../errors.js';
import {writeAtomically} from '../files/write-atomically.js';
import {repositoryTop} from '../git/changed-files.js';
import {readBlobs} from '../git/read-blobs.js';
import {mergeSides, stageFile, type UnmergedFile, unmergedFiles} from '../git/unmerged-files.js';
import {type ReportedConflict, reportConflict} from './merge-cassettes.js';

export type KeptSide = Exclude<Preference, 'neither'>;

export type ResolveOptions = {
  readonly keep: KeptSide;
  /** The files and folders to resolve. Empty: all cassettes with a conflict. */
  readonly paths: readonly string[];
  /** Whether to stage the result, which marks the conflict as resolved. */
  readonly isStaged: boolean;
  readonly directory: string;
};

export type Resolution = {
  readonly path: string;
  readonly keep: KeptSide;
  readonly isStaged: boolean;
  /** The chosen side has no such file. */
  readonly isRemoved: boolean;
  readonly conflicts: readonly ReportedConflict[];
};

export type Resolutions = {
  readonly sides: {readonly ours: string; readonly theirs: string | undefined};
  readonly resolved: readonly Resolution[];
};

/**
 * Merges the cassettes that git could not merge, from both sides in the index of git, and decides all conflicts in the same way.
 * @throws RetakeError `git_failed` when nothing waits, `invalid_setting` when a file was changed since git stopped
 */
export async function resolveCassettes({
  keep,
  paths,
  isStaged,
  directory,
}: ResolveOptions): Promise<Resolutions> {
  const address = paths.find(isStoreAddress);
  if (address !== undefined) {
    throw new RetakeError(
      'invalid_setting',
      `Expected cassette files with a conflict of a git merge, got the database ${concealPassword(address)}`,
      {
        hint: 'A database has no conflicts to resolve. To merge cassettes in databases: retake merge BASE OURS THEIRS --both',
      },
    );
  }
  const top = await repositoryTop(directory);
  const limits = paths.map(path => resolve(directory, path));
  const files = await unmergedFiles(top, {ending: cassetteExtension, paths: limits});
  if (files.length === 0) {
    throw new RetakeError('git_failed', 'No cassette waits for a merge to be resolved here', {
      hint: '`git status` lists the conflicts. For two files outside git: retake merge BASE OURS THEIRS --both',
    });
  }
  const sides = await mergeSides(top);
  const resolved: Resolution[] = [];
  for (const file of files) {
    const resolution = await resolveFile(top, file, keep);
    if (isStaged) await stageFile(top, file.path);
    resolved.push({path: file.path, keep, isStaged, ...resolution});
  }
  return {sides, resolved};
}

async function resolveFile(
  top: string,
  file: UnmergedFile,
  keep: KeptSide,
): Promise<Pick<Resolution, 'isRemoved' | 'conflicts'>> {
  const target = join(top, file.path);
  const paths = {...cassettePaths(target), shown: file.path};
  const stages = await readStages(top, file);
  return underLock(paths, async () => {
    const {shown} = paths;
    await requireUntouched(target, stages, {shown, draft: newSidecar(paths, 'temporary')});
    const removes = keep !== 'both' && !stages[keep];
    if (removes) {
      rmSync(target, {force: true});
      return {isRemoved: true, conflicts: []};
    }
    const draft = newSidecar(paths, 'temporary');
    const write = () => writeMerge(stages, {keep, shown, draft});
    return {isRemoved: false, conflicts: await writeAtomically(target, write, draft)};
  });
}

type Stages = {readonly base?: Buffer; readonly ours?: Buffer; readonly theirs?: Buffer};

async function readStages(top: string, {base, ours, theirs}: UnmergedFile): Promise<Stages> {
  const ids = [base, ours, theirs].filter(id => id !== undefined);
  const blobs = await readBlobs(top, ids);
  const blobOf = (id: string | undefined) => (id === undefined ? undefined : blobs[ids.indexOf(id)]);
  const [first, second, third] = [blobOf(base), blobOf(ours), blobOf(theirs)];
  return omitUndefined({base: first, ours: second, theirs: third});
}

type MergeTarget = {readonly keep: KeptSide; readonly shown: string; readonly draft: string};

/** If one side removed the file, the other side is what remains. */
async function writeMerge(
  {base, ours, theirs}: Stages,
  {keep, shown, draft}: MergeTarget,
): Promise<readonly ReportedConflict[]> {
  const opened: CommittedFile[] = [];
  const open = (bytes: Buffer, side: string) => {
    const name = `${shown} (${side})`;
    const cassette = openCommittedBytes(name, bytes);
    opened.push(cassette);
    return {shown: name, cassette};
  };
  try {
    const single = ours && theirs ? undefined : (ours ?? theirs);
    if (single) {
      const {cassette} = open(single, ours ? 'ours' : 'theirs');
      const {keySettings, facts} = cassette;
      await writeCanonicalFile(draft, {keySettings, interactions: cassette.rows(), facts});
      return [];
    }
    if (!ours || !theirs) throw new RetakeError('internal', `git has neither side of ${shown}`);
    const merged = await mergeBranches(
      {
        base: base ? open(base, 'base') : {shown, cassette: undefined},
        ours: open(ours, 'ours'),
        theirs: open(theirs, 'theirs'),
      },
      keep,
    );
    await writeCanonicalFile(draft, {...merged, interactions: merged.interactions()});
    return await Promise.all(merged.conflicts.map(reportConflict));
  } finally {
    for (const cassette of opened) cassette.close();
  }
}

/** The file in the work tree must be what a merge or an earlier resolution wrote; other content would be lost. */
async function requireUntouched(
  target: string,
  stages: Stages,
  {shown, draft}: {readonly shown: string; readonly draft: string},
): Promise<void> {
  if (!existsSync(target)) return;
  const found = readFileSync(target);
  const isStage = [stages.ours, stages.theirs].some(stage => stage && found.equals(stage));
  if (isStage || !stages.ours || !stages.theirs) return;
  for (const keep of ['ours', 'theirs', 'both'] as const) {
    try {
      await writeMerge(stages, {keep, shown, draft});
      if (found.equals(readFileSync(draft))) return;
    } catch (error) {
      if (!(error instanceof RetakeError) || error.code !== 'settings_differ') throw error;
    } finally {
      rmSync(draft, {force: true});
    }
  }
  throw new RetakeError('invalid_setting', `${shown} was changed since git stopped at its conflict`, {
    hint: 'To give these changes up: git checkout --ours -- FILE. To keep them as they are: git add FILE.',
  });
}
