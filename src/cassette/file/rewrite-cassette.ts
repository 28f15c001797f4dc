import {noFactRows} from '../rows/fact-rows.js';
import {mergeFacts} from '../rows/merge-facts.js';
import type {CassetteContent} from '../rows/stored-cassette.js';
import type {CassettePaths} from './cassette-paths.js';
import {type CommittedFile, openCommittedFile} from './committed-file.js';
import {flushSessions, underLock} from './flush-sessions.js';
import {replaceCommittedFile} from './write-committed-file.js';

export type Rewriting<Result> = {
  /** Absent: the file stays as it is. Without facts it keeps those that it has. */
  readonly content?: Omit<CassetteContent, 'facts'> & Partial<Pick<CassetteContent, 'facts'>>;
  readonly result: Result;
};

/**
 * Puts another content in the place of a cassette's, whole, while no other process can. What killed sessions recorded is brought in
 * first. A process that is recording goes on: what it adds later joins the new content, if that has the same settings.
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

/** What rewriting would give, without a trace: recordings of killed sessions are not looked at. */
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
