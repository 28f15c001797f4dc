import type {AnswerChunk} from './chunk.js';
import type {ModelRequest} from './request.js';

/** What accompanies a question without being part of it. */
export type CallContext = {
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
};

/** Anything that answers: the upstream, the cassette, a script in a test. */
export type Model<Context = CallContext> = (
  request: ModelRequest,
  context: Context,
) => AsyncIterable<AnswerChunk>;
