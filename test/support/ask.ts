import {type ChatReply, foldChunks} from '../../src/chat/reply.js';
import type {ChatRequest} from '../../src/chat/request.js';
import type {Upstream} from '../../src/upstream/upstream.js';

/** Sends one request to an upstream, by default at temperature 0 and for few tokens. */
export function ask(
  upstream: Upstream,
  question: string,
  request: Partial<ChatRequest> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<ChatReply> {
  return foldChunks(
    upstream.model(
      {
        operation: 'chat',
        turns: [{role: 'user', parts: [{type: 'text', text: question}]}],
        sampling: {temperature: 0, maxTokens: 60},
        ...request,
      },
      {signal},
    ),
  );
}
