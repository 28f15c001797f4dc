import type {FinishReason} from '../../../chat/chunk.js';
import {unreachable} from '../../../errors.js';

/** The finish reason in Google's terms, in which a tool call is a normal stop. */
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
