// For `globalTeardown` of Jest: ends the retake of the global set-up, and saves what it recorded.
import type {RetakeProcess} from './retake-process.js';

export default async function tearDown(): Promise<void> {
  await (globalThis as {retakeOfJest?: RetakeProcess | undefined}).retakeOfJest?.close();
}
