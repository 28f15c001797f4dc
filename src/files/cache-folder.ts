import {homedir} from 'node:os';
import {join} from 'node:path';

/** The folder for engines and models of all projects of a user, by each system's convention (XDG Base Directory 0.8 on Linux). */
export function cacheFolder(
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): string {
  const home = environment['HOME'] ?? homedir();
  if (environment['RETAKE_CACHE_DIR']) return environment['RETAKE_CACHE_DIR'];
  if (environment['XDG_CACHE_HOME']) return join(environment['XDG_CACHE_HOME'], 'retake');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'retake');
  if (platform === 'win32')
    return join(environment['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'retake', 'cache');
  return join(home, '.cache', 'retake');
}
