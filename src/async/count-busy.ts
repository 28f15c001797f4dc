/** Counts running work, and resolves when none is left. */
export type BusyCount = {
  /** Starts one piece of work; the returned function ends it. Further calls have no effect. */
  begin(): () => void;
  /** Resolves when no work is running. */
  idle(): Promise<void>;
};

export function countBusy(): BusyCount {
  let count = 0;
  let waiting: (() => void)[] = [];
  return {
    begin() {
      count++;
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        count--;
        if (count > 0) return;
        const resolved = waiting;
        waiting = [];
        for (const resolve of resolved) resolve();
      };
    },
    idle: () =>
      count === 0
        ? Promise.resolve()
        : new Promise(resolve => {
            waiting.push(resolve);
          }),
  };
}
