import PQueue from 'p-queue';

/** Makes a queue that runs one job at a time, in the order of the calls; a job that fails does not stop the next one. */
export function createSerializer(): <Result>(job: () => Promise<Result>) => Promise<Result> {
  const queue = new PQueue({concurrency: 1});
  return job => queue.add(job);
}
