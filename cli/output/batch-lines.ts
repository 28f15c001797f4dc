import process from 'node:process';
import type {ConsoleLines} from './console-lines.js';

/** Too short for a reader to notice, and long enough for hundreds of lines of a busy server. */
const batchMs = 20;

/** Prints the lines of a short interval in one write, because a write costs more than rendering the line. Prints the rest at exit. */
export function batchLines(lines: Pick<ConsoleLines, 'print'>): Pick<ConsoleLines, 'print'> {
  let batch: string[] = [];
  const printBatch = () => {
    if (batch.length > 0) lines.print(batch.join('\n'));
    batch = [];
  };
  process.once('exit', printBatch);
  return {
    print(line) {
      if (batch.push(line) === 1) setTimeout(printBatch, batchMs);
    },
  };
}
