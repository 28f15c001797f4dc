import {noFactRows} from '../rows/fact-rows.js';
import {mergeFacts} from '../rows/merge-facts.js';
import type {StreamedContent} from '../rows/stored-cassette.js';
import type {CassettePaths} from './cassette-paths.js';
import {type CommittedFile, openCommittedFile} from './committed-file.js';
import {flushSessions, underLock} from './flush-sessions.js';
import {replaceCommittedFile} from './write-committed-file.js';

export type Rewriting<Result> = {
  /** Absent: the file stays as it is. Without facts, it keeps its own. */
  readonly content?: Omit<StreamedContent, 'facts'> & Partial<Pick<StreamedContent, 'facts'>>;
  readonly result: Result;
};

/**
 * Replaces the content of a cassette while no other process can. Recordings of killed sessions are merged first. A process that is
 * recording continues: its later takes join the new content if that has the same settings.
 */
export async function rewriteCassette<Result>(
  paths: CassettePaths,
  rewrite: (file: CommittedFile | undefined) => Promise<Rewriting<Result>>,
  log: (message: string) => void = () => {},
): Promise<Result> {
  await flushSessions({paths, log});
  return underLock(paths, async () => {
    const file = openCommittedFile(paths);
    try {
      const {content, result} = await rewrite(file);
      if (content) {
        const {facts = mergeFacts(file?.facts, noFactRows())} = content;
        await replaceCommittedFile(paths, {...content, facts});
      }
      return result;
    } finally {
      file?.close();
    }
  });
}

/** The result of a rewriting without writing; recordings of killed sessions are not merged. */
export async function tryRewriting<Result>(
  paths: CassettePaths,
  rewrite: (file: CommittedFile | undefined) => Promise<Rewriting<Result>>,
): Promise<Result> {
  const file = openCommittedFile(paths);
  try {
    return (await rewrite(file)).result;
  } finally {
    file?.close();
  }
}
