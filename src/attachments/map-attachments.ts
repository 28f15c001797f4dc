import type {Attachment} from '../chat/media.js';
import {RetakeError, toRetakeError} from '../errors.js';

/** Processes all attachments in parallel. If some fail, it throws the error of the first one in the request, with its field. */
export async function mapAttachments<Result>(
  attachments: readonly Attachment[],
  work: (attachment: Attachment, index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = await Promise.allSettled(attachments.map(work));
  return results.map((result, index) => {
    if (result.status === 'fulfilled') return result.value;
    throw withField(result.reason, attachments[index]?.field);
  });
}

/** Other errors, such as the reason of an abort, stay as they are. */
function withField(error: unknown, field: string | undefined): unknown {
  if (!(error instanceof RetakeError) || error.field !== undefined || field === undefined) return error;
  const {code, message, hint, reason, status, cause} = toRetakeError(error);
  return new RetakeError(code, `${field}: ${message}`, {
    field,
    status,
    hint,
    reason,
    cause,
  });
}
