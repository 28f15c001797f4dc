import {rmSync} from 'node:fs';
import {takeTurns} from '../../async/take-turns.js';
import {RetakeError} from '../../errors.js';
import {fileSignature} from '../../files/file-signature.js';
import {acquireLock, type HeldLock} from '../../files/lock-file.js';
import {
  addFactRows,
  type FactRows,
  hasFactRows,
  noFactRows,
  readMedia,
  readReference,
  readRender,
} from '../rows/fact-rows.js';
import {type InteractionRow, readStoredTake} from '../rows/interaction-row.js';
import {mergeFacts, newFactRows} from '../rows/merge-facts.js';
import {mergeRow} from '../rows/merge-rows.js';
import {requireSameSettings, type StoredSettings, sameSettings} from '../rows/settings-rows.js';
import type {StoredInteraction} from '../rows/stored-cassette.js';
import {type CassettePaths, createSidecarFolder, listSidecars} from './cassette-paths.js';
import {type CommittedFile, openCommittedFile} from './committed-file.js';
import {writeFailed} from './file-errors.js';
import {openLeftSession, type SessionFile} from './session-file.js';
import {replaceCommittedFile} from './write-committed-file.js';

export type FlushOptions = {
  readonly paths: CassettePaths;
  /** The session of this process; it stays open. */
  readonly own?: SessionFile;
  readonly log: (message: string) => void;
};

export type FlushResult = {
  /** The own session's recordings up to this number are in the committed file. */
  readonly upTo: number;
  /** And its facts up to this number. */
  readonly factsUpTo: number;
  /** The signatures of the committed file before and after. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** Whether takes of killed sessions were merged as well. */
  readonly hasRecovered: boolean;
};

/**
 * Merges sessions into the committed file: the own one, and those that killed processes left. The file is replaced only if its content
 * changes.
 */
export async function flushSessions({paths, own, log}: FlushOptions): Promise<FlushResult> {
  return underLock(paths, async () => {
    for (const path of listSidecars(paths, 'temporary')) rmSync(path, {force: true});
    const [upTo, factsUpTo] = [own?.last ?? 0, own?.lastFact ?? 0];
    const committed = openCommittedFile(paths);
    const left = await openLeftSessions(paths, own, log);
    try {
      let settings = committed && storedSettings(committed);
      const join = (session: SessionFile) => {
        settings = joinSettings(settings, session);
      };
      if (own) {
        if (settings) requireSameSettings(paths.shown, settingsFor(settings, own), own.keySettings);
        join(own);
      }
      const usable = left.filter(session => {
        const problem = findProblem(session, paths, settings);
        if (problem) log(problem);
        else join(session);
        return !problem;
      });
      const sessions = [...(own ? [own] : []), ...usable];
      const changes = await collectChanges(paths, committed, sessions);
      const news = newFactRows(committed?.facts, collectFacts(sessions));
      if (settings && (changes.size > 0 || hasFactRows(news))) {
        await replaceCommittedFile(paths, {
          keySettings: settings.keySettings,
          interactions: withChanges(committed, changes),
          facts: mergeFacts(committed?.facts, news),
        });
      }
      for (const session of usable) session.remove();
      const after = fileSignature(paths.file);
      return {upTo, factsUpTo, before: committed?.signature, after, hasRecovered: usable.length > 0};
    } finally {
      for (const session of left) session.close();
      committed?.close();
    }
  });
}

/** Runs while no other process can create a session file or replace the committed file. */
export async function underLock<Result>(paths: CassettePaths, work: () => Promise<Result>): Promise<Result> {
  const lock = await lockCassette(paths);
  try {
    return await work();
  } catch (error) {
    throw writeFailed(paths.shown, error);
  } finally {
    lock.release();
  }
}

/** Longer than replacing the largest sensible cassette takes. */
const lockTimeoutMs = 60_000;

async function lockCassette(paths: CassettePaths): Promise<HeldLock> {
  const signal = AbortSignal.timeout(lockTimeoutMs);
  try {
    createSidecarFolder(paths);
    return await acquireLock(paths.lock, {signal});
  } catch (cause) {
    if (!signal.aborted) throw writeFailed(paths.shown, cause);
    throw new RetakeError(
      'cassette_write_failed',
      `The cassette ${paths.shown} cannot be written: another process has held ${paths.lock} for ${lockTimeoutMs / 1000} s.`,
      {hint: 'Stop the other retake; its recordings stay in its session file.', cause},
    );
  }
}

async function openLeftSessions(
  paths: CassettePaths,
  own: SessionFile | undefined,
  log: (message: string) => void,
): Promise<SessionFile[]> {
  const others = listSidecars(paths, 'session').filter(path => path !== own?.path);
  if (others.length === 0) return [];
  const {trackedFiles} = await import('../../git/tracked-files.js');
  const tracked = await trackedFiles(others);
  return others.flatMap(path => {
    if (tracked.has(path)) {
      log(`${trackedSession(path)} ${trackedSessionHint}`);
      return [];
    }
    try {
      return openLeftSession(path) ?? [];
    } catch (error) {
      // One unreadable session must not block the others; its file stays for inspection.
      if (!(error instanceof RetakeError)) throw error;
      log(`${error.message} ${error.hint ?? ''}`);
      return [];
    }
  });
}

/** Why a session file is not brought in: somebody else may have written what it holds. */
export function trackedSession(path: string): string {
  return `The session file ${path} is in git, and its recordings are not brought in: it may come from somebody else.`;
}

export const trackedSessionHint =
  'Remove it from the repository: git rm --cached FILE. retake deletes its session files itself.';

function storedSettings({keySettings, hasDocuments}: CommittedFile): StoredSettings {
  return {keySettings, hasDocuments};
}

/** A session without documents is not bound to how others render theirs. */
function settingsFor({keySettings, hasDocuments}: StoredSettings, session: SessionFile): StoredSettings {
  return {keySettings, hasDocuments: hasDocuments && readDocuments(session)};
}

/** The settings after merging a session: document settings come from the first session with documents. */
function joinSettings(settings: StoredSettings | undefined, session: SessionFile): StoredSettings {
  const isFirst = !settings?.hasDocuments && readDocuments(session);
  if (settings && !isFirst) return settings;
  return {keySettings: session.keySettings, hasDocuments: isFirst};
}

function readDocuments(session: SessionFile): boolean {
  return session.facts(session.lastFact).renders.size > 0;
}

function collectFacts(sessions: readonly SessionFile[]): FactRows {
  const all = noFactRows();
  for (const session of sessions) addFactRows(all, session.facts(session.lastFact));
  return all;
}

/** Why a left session cannot be merged. Its file stays for inspection. */
function findProblem(
  session: SessionFile,
  {shown}: CassettePaths,
  settings: StoredSettings | undefined,
): string | undefined {
  if (settings && !sameSettings(settingsFor(settings, session), session.keySettings)) {
    return `${session.path} was recorded with other settings than the cassette ${shown}; it stays as it is. Delete it if you do not need it.`;
  }
  try {
    for (const id of session.waitingIds(session.last)) {
      const found = session.recorded(id, session.last);
      const takes = [...(found?.baseline ?? []), ...(found?.recorded ?? []).map(({take}) => take)];
      for (const [position, take] of takes.entries()) {
        if (found) readStoredTake(session.path, found.key, take, position);
      }
    }
    const {renders, refs, media} = session.facts(session.lastFact);
    for (const row of renders.values()) readRender(session.path, row);
    for (const row of refs.values()) readReference(session.path, row);
    for (const row of media.values()) readMedia(session.path, row);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return undefined;
}

/** The interactions whose takes change, by id. Memory holds only the recordings since the last flush. */
async function collectChanges(
  paths: CassettePaths,
  committed: CommittedFile | undefined,
  sessions: readonly SessionFile[],
): Promise<Map<bigint, InteractionRow>> {
  const changes = new Map<bigint, InteractionRow>();
  const turn = takeTurns();
  for (const session of sessions) {
    const upTo = session.last;
    for (const id of session.waitingIds(upTo)) {
      const recorded = session.recorded(id, upTo);
      if (!recorded) continue;
      const before = changes.get(id) ?? committed?.findById(id);
      const merged = mergeRow(paths.shown, before, recorded);
      if (merged !== before) changes.set(id, merged);
      await turn();
    }
  }
  return changes;
}

/** The committed rows with the changed ones in place, in the order of ids. */
function* withChanges(
  committed: CommittedFile | undefined,
  changes: ReadonlyMap<bigint, InteractionRow>,
): Iterable<StoredInteraction> {
  const pending = [...changes]
    .map(([id, row]) => ({id, row}))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .values();
  let next = pending.next();
  for (const stored of committed?.rows() ?? []) {
    for (; !next.done && next.value.id < stored.id; next = pending.next()) yield next.value;
    if (!next.done && next.value.id === stored.id) {
      yield next.value;
      next = pending.next();
    } else {
      yield stored;
    }
  }
  for (; !next.done; next = pending.next()) yield next.value;
}
