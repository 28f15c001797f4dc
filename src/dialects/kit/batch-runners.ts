import type {DialectServices} from '../dialect.js';

/** The processes that run batches. If several share their objects, each reports every few seconds, so that the others notice its end. */
export type BatchRunners = {
  /** The id of this process. */
  readonly own: string;
  /** From now until the function is called, this process runs a batch. `onReport` is called before each report. */
  start(onReport: () => void): () => void;
  /** Whether a process has not reported for too long. */
  isGone(runner: string): boolean;
};

/** Milliseconds between two reports. */
const interval = 2000;
/** Milliseconds without a report, after which a process counts as ended. */
const longestSilence = 30_000;
/** Milliseconds for which a report is there for processes that start later. */
const reportLife = 10 * 60 * 1000;

export function createBatchRunners(
  {now, objects}: Pick<DialectServices, 'now' | 'objects'>,
  kind: string,
): BatchRunners {
  const own = objects?.newId() ?? '';
  /** When the last report came, by the clock of this process: clocks of machines differ. */
  const heard = new Map<string, number>();
  const space = objects?.open(kind, runner => heard.set(runner, now()));
  return {
    own,
    start(onReport) {
      const report = () => {
        onReport();
        space?.put(own, {value: null, expiresAt: now() + reportLife});
      };
      if (!space) return () => {};
      report();
      const timer = setInterval(report, interval).unref();
      return () => clearInterval(timer);
    },
    isGone(runner) {
      if (runner === own) return false;
      const last = heard.get(runner);
      if (last === undefined) heard.set(runner, now());
      return last !== undefined && now() - last > longestSilence;
    },
  };
}
