import {RetakeError} from '../../../errors.js';

/** Whether a server has refused a request because it cannot turn a schema into a grammar. */
export function isRejectedSchema(error: unknown): boolean {
  return (
    error instanceof RetakeError &&
    error.code === 'upstream_rejected' &&
    /schema|grammar|parser/i.test(error.message)
  );
}
