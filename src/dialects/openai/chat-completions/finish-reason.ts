import type {FinishReason} from '../../../chat/chunk.js';
import {unreachable} from '../../../errors.js';
import type {WireFinishReason} from './reply-schema.js';

export type Ending = {
  readonly finish: FinishReason;
  /** Whether the candidate called a function. */
  readonly hasCalls: boolean;
  /** Whether calls have the older form. */
  readonly usesFunctions: boolean;
};

/** The finish reason in OpenAI's terms. Its clients know only these, so every other reason is a `stop`. */
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
