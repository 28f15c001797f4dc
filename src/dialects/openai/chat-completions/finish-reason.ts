import type {FinishReason} from '../../../chat/chunk.js';
import {unreachable} from '../../../errors.js';
import type {WireFinishReason} from './reply-schema.js';

export type Ending = {
  readonly finish: FinishReason;
  /** Whether the candidate called a function. */
  readonly hasCalls: boolean;
  /** Whether calls are told in the older form. */
  readonly usesFunctions: boolean;
};

/** OpenAI's word for why an answer ended. Its clients know no other than these, so whatever else happened is a `stop`. */
export function encodeFinishReason({finish, hasCalls, usesFunctions}: Ending): WireFinishReason {
  switch (finish.unified) {
    case 'length':
      return 'length';
    case 'content-filter':
      return 'content_filter';
    case 'tool-calls':
      return usesFunctions ? 'function_call' : 'tool_calls';
    case 'stop':
    case 'malformed-tool-call':
    case 'other':
      if (!hasCalls) return 'stop';
      return usesFunctions ? 'function_call' : 'tool_calls';
    default:
      return unreachable(finish.unified);
  }
}
