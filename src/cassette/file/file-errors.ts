import {RetakeError} from '../../errors.js';

/** The error for a recording that the disk or SQLite refused. */
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
    return {reason: `the disk is full (${code})`, hint: 'Free some space; earlier recordings are safe.'};
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
