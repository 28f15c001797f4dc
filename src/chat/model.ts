import type {AnswerChunk} from './chunk.js';
import type {MediaReader} from './media.js';
import type {ModelRequest} from './request.js';

/** The context of a request that is not part of it. */
export type CallContext = {
  /** Aborts if the client disconnects. */
  readonly signal: AbortSignal;
  /** The bytes of the request's images and pages, if it has any. */
  readonly media?: MediaReader;
};

/** Anything that answers: the upstream, the cassette, a script in a test. */
export type Model<Context = CallContext, Request = ModelRequest> = (
  request: Request,
  context: Context,
) => AsyncIterable<AnswerChunk>;
