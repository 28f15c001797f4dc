import {statSync} from 'node:fs';

/** Changes whenever a file is replaced or written; undefined when there is none. One `stat`, no reading. */
export function fileSignature(path: string): string | undefined {
  const stat = statSync(path, {bigint: true, throwIfNoEntry: false});
  return stat && `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}`;
}
