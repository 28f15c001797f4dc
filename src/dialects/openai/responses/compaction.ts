import {RetakeError} from '../../../errors.js';

/** What the model is asked for when a conversation is compacted. */
export const compactionPrompt =
  'Summarize the conversation up to here for an assistant that continues it without having read it. Keep every fact, decision, name, number, file and open task that it needs. Answer with the summary alone.';

/** The summary as the opaque content of an item: a client passes it on as it is. */
export function compactedContent(summary: string): string {
  return `${ownContent}${Buffer.from(summary).toString('base64url')}`;
}

/** @throws RetakeError `not_supported` for what another server has compacted, which only that server can read */
export function summaryIn(content: string, field: string): string {
  if (content.startsWith(ownContent)) {
    return `Summary of the conversation so far:\n${Buffer.from(content.slice(ownContent.length), 'base64url').toString()}`;
  }
  throw new RetakeError(
    'not_supported',
    `Unsupported value: '${field}' was encrypted by another server, and only that server can read it.`,
    {field, hint: 'Compact the conversation through retake, or record from the provider itself.'},
  );
}

const ownContent = 'retake-summary-';
