import type {AnswerChunk} from './chunk.js';
import type {MediaReader} from './media.js';
import type {ModelRequest} from './request.js';

/** The context of a request that is not part of it. */
export type CallContext = {
  /** Aborts if the client disconnects. */
  readonly signal: AbortSignal;
  /**
   * The request as the client asked it, before `normalizeRequest`: for a server that is asked in the client's own words. Absent for a
   * request of which only the normalized form is known.
   */
  readonly original?: ModelRequest | undefined;
  /** Called with a sentence for the client about how the answer came about; at the latest before the last chunk. */
  readonly warn?: ((warning: string) => void) | undefined;
  /** The bytes of the request's images and pages, if it has any. */
  readonly media?: MediaReader;
};

/** Anything that answers: the upstream, the cassette, a script in a test. */
export type Model<Context = CallContext, Request = ModelRequest, Chunk = AnswerChunk> = (
  request: Request,
  context: Context,
) => AsyncIterable<Chunk>;
