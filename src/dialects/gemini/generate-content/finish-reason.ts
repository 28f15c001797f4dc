import type {FinishReason} from '../../../chat/chunk.js';
import {unreachable} from '../../../errors.js';

/** Google's word for why an answer ended; a tool call is a natural end there. */
export function encodeFinishReason({unified}: FinishReason): string {
  switch (unified) {
    case 'stop':
    case 'tool-calls':
      return 'STOP';
    case 'length':
      return 'MAX_TOKENS';
    case 'content-filter':
      return 'SAFETY';
    case 'malformed-tool-call':
      return 'MALFORMED_FUNCTION_CALL';
    case 'other':
      return 'OTHER';
    default:
      return unreachable(unified);
  }
}
