import {setImmediate as nextTurn} from 'node:timers/promises';

/** Milliseconds of long work before other work gets its turn. */
const longestTurn = 2;

/** Call the result again and again in long work. It lets other work run if that has not had its turn for a while. */
export function takeTurns(now: () => number = () => performance.now()): () => Promise<void> | undefined {
  let begun = now();
  return () => {
    if (now() - begun < longestTurn) return undefined;
    return nextTurn().then(() => {
      begun = now();
    });
  };
}
