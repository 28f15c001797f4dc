import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {temporaryFolder} from './temporary-folder.js';

export type GitRepository = {
  readonly directory: string;
  /** Runs git there and returns its output. */
  git(...words: readonly string[]): Promise<string>;
  /** Commits everything in the work tree. */
  commit(message: string): Promise<string>;
};

/** An empty repository on the branch main, isolated from the configuration of this machine. */
export async function gitRepository(t: ExecutionContext): Promise<GitRepository> {
  const directory = await temporaryFolder(t);
  const env = {
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ann',
    GIT_AUTHOR_EMAIL: 'ann@example.org',
    GIT_COMMITTER_NAME: 'Ann',
    GIT_COMMITTER_EMAIL: 'ann@example.org',
  };
  const git = async (...words: readonly string[]) => {
    const {stdout} = await execa('git', words, {cwd: directory, env});
    return stdout;
  };
  await git('init', '--quiet', '--initial-branch=main');
  return {
    directory,
    git,
    async commit(message) {
      await git('add', '--all');
      await git('commit', '--quiet', '--allow-empty', `--message=${message}`);
      return git('rev-parse', 'HEAD');
    },
  };
}
