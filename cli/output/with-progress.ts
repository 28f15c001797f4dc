import {type ConsoleLines, openConsoleLines, plainLines} from './console-lines.js';

/** Work that takes no longer shows no progress. */
const delayMs = 1000;

/**
 * Does the work, and shows on a terminal what it is if it takes longer than a second. Only then is the library for the changing line
 * loaded. The work prints its own messages with `print`.
 */
export async function withProgress<Result>(
  text: string,
  work: (print: ConsoleLines['print']) => Promise<Result>,
): Promise<Result> {
  let lines = plainLines();
  if (!process.stderr.isTTY) return work(lines.print);
  let isOver = false;
  const timer = setTimeout(async () => {
    const changing = await openConsoleLines();
    if (isOver) return;
    lines = changing;
    lines.progress(`${text} …`);
  }, delayMs);
  try {
    return await work(line => lines.print(line));
  } finally {
    isOver = true;
    clearTimeout(timer);
    lines.clearProgress();
  }
}
