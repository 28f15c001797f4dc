import {createContext, Script} from 'node:vm';
import type {JsonValue} from '../../chat/json.js';
import {RetakeError} from '../../errors.js';

/** Milliseconds for the patterns of one request, and for each megabyte of its texts. */
const limitMs = 1000;
const limitPerMegabyteMs = 100;

/**
 * Runs patterns that a user, or a stranger's cassette, has written. A pattern such as `(a+)+$` can take hours for a short text, so the time
 * is limited: V8 ends its own search of a regular expression when the script that began it has no time left.
 * @throws RetakeError `invalid_setting` that names the rule which was running
 */
export function runBounded<Result>(
  value: JsonValue,
  work: (begin: (rule: string) => void) => Result,
  timeoutMs: number = limitMs + (limitPerMegabyteMs * lengthOf(value)) / 2 ** 20,
): Result {
  let running = '';
  let result: {readonly value: Result} | undefined;
  sandbox ??= createSandbox();
  sandbox.context.work = () => {
    result = {
      value: work(rule => {
        running = rule;
      }),
    };
  };
  try {
    sandbox.script.runInContext(sandbox.context, {timeout: Math.ceil(timeoutMs)});
  } catch (error) {
    if (!isTimeout(error)) throw error;
    throw new RetakeError(
      'invalid_setting',
      `The pattern of the rule ${running} takes too long: it was stopped after ${Math.round(timeoutMs)} ms`,
      {
        hint: 'Write the pattern without a repetition within a repetition, such as (a+)+, and without several that can match the same text.',
        cause: error,
      },
    );
  } finally {
    sandbox.context.work = undefined;
  }
  if (!result) throw new RetakeError('internal', 'A pattern ended without a result');
  return result.value;
}

type Sandbox = {readonly script: Script; readonly context: {work?: (() => void) | undefined}};
let sandbox: Sandbox | undefined;

function createSandbox(): Sandbox {
  const context: Sandbox['context'] = {};
  createContext(context);
  return {script: new Script('work()'), context};
}

function isTimeout(error: unknown): boolean {
  // Not an `instanceof`: the error comes from the script's own context.
  return (error as {code?: unknown} | undefined)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}

function lengthOf(value: JsonValue): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  let length = 0;
  for (const member of Object.values(value)) length += lengthOf(member as JsonValue);
  return length;
}
