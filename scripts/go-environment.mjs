import {fileURLToPath} from 'node:url';

const folder = fileURLToPath(new URL('../.cache/sdk/go', import.meta.url));

/**
 * What Go builds with in scripts and tests, so that nothing is compiled twice: without inlining, and without what debuggers need, in
 * half the time. Of the tests, test/support/go-environment.ts has the same.
 */
export const goEnvironment = {
  GOMODCACHE: `${folder}/modules`,
  GOCACHE: `${folder}/build`,
  // The compiler collects its garbage less often.
  GOGC: '400',
  // Read-only folders could not be removed.
  GOFLAGS: "-modcacherw -buildvcs=false '-gcflags=all=-l -dwarf=false' -ldflags=-w",
};
