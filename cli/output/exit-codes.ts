/** What the exit codes of retake mean; `run` passes its command's own code on. */
export const exitCodes = {
  success: 0,
  failure: 1,
  /** The arguments or the configuration are wrong: nothing was tried. */
  usage: 2,
  /** The command of `retake run` succeeded although a question had no recording. */
  miss: 3,
} as const;
