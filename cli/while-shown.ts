import {type ConsoleLines, openConsoleLines} from './console-lines.js';

/** Milliseconds after which a person wonders whether anything is going on. */
const patience = 1000;

/** Says on a terminal what is being done, if that takes longer than a moment. What the work has to tell meanwhile goes to the lines. */
export async function whileShown<Result>(
  text: string,
  work: (lines: ConsoleLines) => Promise<Result>,
): Promise<Result> {
  const lines = await openConsoleLines();
  if (!process.stderr.isTTY) return work(lines);
  const timer = setTimeout(() => lines.progress(`${text} …`), patience);
  try {
    return await work(lines);
  } finally {
    clearTimeout(timer);
    lines.clearProgress();
  }
}
