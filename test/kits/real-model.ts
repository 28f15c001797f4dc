import {cacheFolder} from '../../src/files/cache-folder.js';

/** Settings with which a project records the answers of the real engine with Gemma 3 270M. */
export const realModel: Readonly<Record<string, string>> = {
  RETAKE_UPSTREAM: '',
  RETAKE_MODEL: 'gemma3-270m',
  RETAKE_CACHE_DIR: cacheFolder(process.env),
  // Other tests run at the same time.
  LK_THREADS: '1',
};

/** Settings without any model: what is recorded has to suffice. */
export const noModel: Readonly<Record<string, string>> = {RETAKE_UPSTREAM: '', RETAKE_CACHE_DIR: '/nowhere'};
