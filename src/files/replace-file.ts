import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  renameSync,
  statSync,
} from 'node:fs';
import {dirname} from 'node:path';

/**
 * Replaces a file, or creates it, with a finished one, so that at every moment, also after a power cut, a reader finds either the whole
 * old file or the whole new one. Permissions, and for root the owner, stay as they were. Both paths must be on one file system.
 */
export function replaceFile(finished: string, target: string): void {
  const descriptor = openSync(finished, constants.O_RDWR);
  try {
    const old = statSync(target, {throwIfNoEntry: false});
    if (old) {
      fchmodSync(descriptor, old.mode & 0o7777);
      if (process.getuid?.() === 0) fchownSync(descriptor, old.uid, old.gid);
    }
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(finished, target);
  syncFolder(dirname(target));
}

/** Makes a rename in the folder outlast a power cut. Windows does this by itself and cannot open a folder. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
