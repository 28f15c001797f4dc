import {RetakeError} from '../../errors.js';

/** A file that is no usable cassette. It is left as it is: `hint` says what its owner can do. */
export function invalidCassette(
  path: string,
  problem: string,
  hint = restoreHint,
  cause?: unknown,
): RetakeError {
  return new RetakeError('cassette_invalid', `The cassette ${path} ${problem}.`, {
    hint,
    ...(cause !== undefined && {cause}),
  });
}

export const restoreHint =
  'Restore it from version control (git checkout -- FILE), or move it away and record again.';

/** What the disk or SQLite said when something was to be kept, as the sentence for whoever is recording. */
export function writeFailed(path: string, cause: unknown): RetakeError {
  if (cause instanceof RetakeError) return cause;
  const {reason, hint} = explainWriteFailure(cause);
  return new RetakeError('cassette_write_failed', `The cassette ${path} cannot be written: ${reason}.`, {
    hint,
    cause,
  });
}

function explainWriteFailure(cause: unknown): {reason: string; hint: string} {
  const code = errorCode(cause);
  if (/^(ENOSPC|EDQUOT|SQLITE_FULL)/.test(code)) {
    return {reason: `the disk is full (${code})`, hint: 'Free some space; what was kept before is safe.'};
  }
  if (/^(EACCES|EROFS|EPERM|SQLITE_READONLY|SQLITE_CANTOPEN|SQLITE_PERM)/.test(code)) {
    return {
      reason: `its folder is read-only for this user (${code})`,
      hint: 'Make the folder writable, name a cassette elsewhere, or use the mode replay, which writes nothing.',
    };
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  return {reason: code && !message.includes(code) ? `${message} (${code})` : message, hint: 'See the cause.'};
}

/** The `code` that Node's and SQLite's errors carry. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
