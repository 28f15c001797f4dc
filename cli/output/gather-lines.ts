import process from 'node:process';
import type {ConsoleLines} from './console-lines.js';

/** Milliseconds: too short for a reader to notice, and long enough for hundreds of lines of a busy server. */
const moment = 20;

/** Prints the lines of a moment together at its end, because a write costs more than making the line. None is lost at the exit. */
export function gatherLines(lines: Pick<ConsoleLines, 'print'>): Pick<ConsoleLines, 'print'> {
  let waiting: string[] = [];
  const printWaiting = () => {
    if (waiting.length > 0) lines.print(waiting.join('\n'));
    waiting = [];
  };
  process.once('exit', printWaiting);
  return {
    print(line) {
      if (waiting.push(line) === 1) setTimeout(printWaiting, moment);
    },
  };
}
