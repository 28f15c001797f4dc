import type {Attachment} from '../chat/media.js';
import {RetakeError, toRetakeError} from '../errors.js';

/**
 * Does the same with all attachments side by side. When some fail, the first of them in the request is told, whichever failed first, and
 * by its field.
 */
export async function inOrder<Result>(
  attachments: readonly Attachment[],
  work: (attachment: Attachment, index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = await Promise.allSettled(attachments.map(work));
  return results.map((result, index) => {
    if (result.status === 'fulfilled') return result.value;
    throw withField(result.reason, attachments[index]?.field);
  });
}

/** What is no failure of ours stays as it is: the reason of an abort, for instance. */
function withField(error: unknown, field: string | undefined): unknown {
  if (!(error instanceof RetakeError) || error.field !== undefined || field === undefined) return error;
  const {code, message, hint, reason, status, cause} = toRetakeError(error);
  return new RetakeError(code, `${field}: ${message}`, {
    field,
    status,
    ...(hint !== undefined && {hint}),
    ...(reason !== undefined && {reason}),
    ...(cause !== undefined && {cause}),
  });
}
