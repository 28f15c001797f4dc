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

const unifiedReasons: Readonly<Record<string, FinishReason['unified']>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  IMAGE_PROHIBITED_CONTENT: 'content-filter',
  IMAGE_RECITATION: 'content-filter',
  MALFORMED_FUNCTION_CALL: 'malformed-tool-call',
};

/** The finish reason for one of Google's words; one that it invents later is `other`. */
export function decodeFinishReason(word: string, hasCalls: boolean): FinishReason {
  const unified = Object.hasOwn(unifiedReasons, word) ? unifiedReasons[word] : undefined;
  return {unified: unified === 'stop' && hasCalls ? 'tool-calls' : (unified ?? 'other'), raw: word};
}

/** The finish reason of a prompt that was not answered at all. */
export function decodeBlockReason(word: string): FinishReason {
  return {unified: 'content-filter', raw: word};
}
