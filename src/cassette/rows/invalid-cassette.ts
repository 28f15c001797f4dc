import {RetakeError} from '../../errors.js';

/** The error for a cassette that cannot be used. It stays as it is: `hint` says what its owner can do. */
export function invalidCassette(
  shown: string,
  problem: string,
  hint = restoreHint,
  cause?: unknown,
): RetakeError {
  return new RetakeError('cassette_invalid', `The cassette ${shown} ${problem}.`, {hint, cause});
}

const restoreHint =
  'Restore it from version control (git checkout -- FILE), or move it away and record again.';
