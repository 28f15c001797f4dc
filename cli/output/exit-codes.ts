/** The exit codes of retake; `run` returns the code of its command. */
export const exitCodes = {
  success: 0,
  failure: 1,
  /** The arguments or the configuration are invalid. */
  usage: 2,
  /** The command of `retake run` succeeded, but a request had no recording, was not sent, or its answer was given up. */
  miss: 3,
} as const;
