import {attachmentsOf} from '../../../chat/attachments.js';
import type {ChunkOf, Chunks} from '../../../chat/chunk.js';
import type {Writable} from '../../../chat/json-text.js';
import {foldTokenCount} from '../../../chat/reply.js';
import type {AskedRequest} from '../../../chat/request.js';

/** A `CountTokensResponse`. Only without attachments it is known that all tokens are text. */
export async function encodeCount(
  chunks: Chunks<ChunkOf<'count-tokens'>>,
  counted: AskedRequest,
): Promise<Writable> {
  const {tokens} = await foldTokenCount(chunks);
  if (attachmentsOf(counted).length > 0) return {totalTokens: tokens};
  return {totalTokens: tokens, promptTokensDetails: [{modality: 'TEXT', tokenCount: tokens}]};
}
