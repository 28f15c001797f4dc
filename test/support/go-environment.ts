import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

const folder = fileURLToPath(new URL('../../../.cache/sdk/go', import.meta.url));

/** The caches and flags that the SDKs were built with (scripts/go-environment.mjs), so that tests compile nothing of theirs again. */
export const goEnvironment = {
  GOMODCACHE: join(folder, 'modules'),
  GOCACHE: join(folder, 'build'),
  // The compiler collects its garbage less often.
  GOGC: '400',
  GOFLAGS: "-modcacherw -buildvcs=false '-gcflags=all=-l -dwarf=false' -ldflags=-w",
};
