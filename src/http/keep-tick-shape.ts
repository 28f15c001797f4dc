import {executionAsyncResource} from 'node:async_hooks';

const kept: object[] = [];

/**
 * Keeps one object of `process.nextTick` alive, and with it V8's description of their shape. If V8 collects garbage while there is none, as
 * it does when a server starts, each later call takes six times as long, and a request makes several.
 */
export function keepTickShape(): void {
  if (kept.length > 0) return;
  process.nextTick(() => kept.push(executionAsyncResource()));
}
