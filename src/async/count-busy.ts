/** Counts what is going on, and tells when it has ended. */
export type BusyCount = {
  /** Begins something; the function that it returns ends it, once. */
  begin(): () => void;
  /** Resolves when nothing is going on. */
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
