import {RetakeError} from '../../../errors.js';

export function setUpError(message: string, hint: string, cause?: unknown): RetakeError {
  return new RetakeError('setup_failed', message, {hint, cause});
}

/** Turns a failure of the file system that the user can fix into a RetakeError; returns other errors unchanged. */
export function fileSystemError(error: unknown, folder: string): unknown {
  const {code, syscall}: Partial<NodeJS.ErrnoException> = error instanceof Error ? error : {};
  // Not a missing file, but a folder that cannot be made, as in /proc.
  const isUnusable = code === 'ENOENT' && syscall === 'mkdir';
  switch (isUnusable ? 'EACCES' : code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(folder, error);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'EEXIST':
      return setUpError(
        `The cache folder ${folder} cannot be used (${code})`,
        'Make it a writable folder, or set the option `upstream.cacheDir` to another one.',
        error,
      );
    default:
      return error;
  }
}

export function diskFull(folder: string, cause?: unknown): RetakeError {
  return setUpError(
    `The disk that holds the cache folder ${folder} is full`,
    'Free some space, or set the option `upstream.cacheDir` to a folder on another disk; then try again.',
    cause,
  );
}
