import type {FinishReason} from '../../../chat/chunk.js';
import {unreachable} from '../../../errors.js';
import type {LegacyFinishReason} from './schema.js';

/** The finish reason of the older API, which has none for tool calls. */
export function encodeFinishReason({unified}: FinishReason): LegacyFinishReason {
  switch (unified) {
    case 'stop':
    case 'tool-calls':
    case 'malformed-tool-call':
    case 'other':
      return 'stop';
    case 'length':
      return 'length';
    case 'content-filter':
      return 'content_filter';
    default:
      return unreachable(unified);
  }
}
