import type {FinishReason} from '../../chat/chunk.js';
import {unreachable} from '../../errors.js';
import type {WireFinishReason} from './reply-schema.js';

/** OpenAI's word for why an answer ended. Its clients know no other than these, so whatever else happened is a `stop`. */
export function encodeFinishReason({unified}: FinishReason): WireFinishReason {
  switch (unified) {
    case 'stop':
    case 'malformed-tool-call':
    case 'other':
      return 'stop';
    case 'length':
      return 'length';
    case 'content-filter':
      return 'content_filter';
    case 'tool-calls':
      return 'tool_calls';
    default:
      return unreachable(unified);
  }
}
