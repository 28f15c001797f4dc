// For `globalTeardown` of Jest: ends the retake of the global set-up, and saves what it recorded.
import type {RunToEnd} from './jest-run.js';
import {removeNotedUnused} from './jest-unused.js';

export default async function tearDown(): Promise<void> {
  const run = (globalThis as {retakeOfJest?: RunToEnd | undefined}).retakeOfJest;
  if (!run) return;
  const {started, cassettes, root, unused, endSession} = run;
  await endSession();
  await started?.close();
  if (unused !== undefined) await removeNotedUnused(unused, cassettes, root);
}
