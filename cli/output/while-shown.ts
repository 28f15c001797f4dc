import {type ConsoleLines, openConsoleLines, plainLines} from './console-lines.js';

/** Milliseconds after which a person wonders whether anything is going on. */
const patience = 1000;

/**
 * Says on a terminal what is being done, if that takes longer than a moment; only then is loaded what the changing line needs. What the
 * work has to tell meanwhile it prints as lines that stay.
 */
export async function whileShown<Result>(
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
  }, patience);
  try {
    return await work(line => lines.print(line));
  } finally {
    isOver = true;
    clearTimeout(timer);
    lines.clearProgress();
  }
}
