import {execa} from 'execa';
import {RetakeError} from '../errors.js';

/** In bytes: far more than a list of files or a pair of cassettes. */
const outputLimit = 1 << 30;

/**
 * Runs git and returns its stdout, without locks and prompts. Paths are literal unless `paths` is `glob`.
 * @throws RetakeError `git_failed` with git's message, or if git is not installed
 */
export async function runGit(
  directory: string,
  words: readonly string[],
  {input = '', paths = 'literal'}: {readonly input?: string; readonly paths?: 'literal' | 'glob'} = {},
): Promise<Buffer> {
  const {failed, code, stdout, stderr} = await execa('git', [`--${paths}-pathspecs`, ...words], {
    cwd: directory,
    env: {LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0'},
    encoding: 'buffer',
    input,
    maxBuffer: outputLimit,
    stripFinalNewline: false,
    reject: false,
  });
  if (!failed) return Buffer.from(stdout);
  if (code === 'ENOENT') {
    throw new RetakeError('git_failed', 'There is no program `git` on PATH', {
      hint: 'Install git, or compare two files: retake diff OLD.cassette NEW.cassette',
    });
  }
  const message = Buffer.from(stderr)
    .toString()
    .trim()
    .replace(/^(fatal|error): /, '');
  throw new RetakeError('git_failed', `git ${words[0]} failed: ${message || code || 'it was killed'}`);
}
