import type {FastifyReply} from 'fastify';
import type {StreamedChunk, WireForm} from '../chat/wire.js';
import type {AnswerFormat, AnswerIdentity} from '../dialects/dialect.js';
import type {RetakeError} from '../errors.js';
import type {Disturbance} from '../faults/disturb.js';
import type {KeepAlive} from './keep-alive.js';
import type {SentResponse, Stored} from './replay-memo.js';
import type {StreamWriter} from './stream-writer.js';

export type Delivery = {
  /** Absent for a raw question, whose answer comes in bytes. */
  readonly answer: AnswerFormat | undefined;
  readonly form: WireForm;
  readonly chunks: AsyncIterable<StreamedChunk>;
  readonly reply: FastifyReply;
  /** Aborted when the client closes the connection. */
  readonly signal: AbortSignal;
  /** Available once the first chunk has come, as are `headers` and `isWhole`. */
  readonly identity: () => AnswerIdentity;
  readonly headers: () => Readonly<Record<string, string>>;
  /** Whether all chunks come without a pause, so that a stream can be sent in one piece. */
  readonly isWhole: () => boolean;
  /** All chunks, if they came in one piece: then the iteration has none. */
  readonly whole: () => readonly StreamedChunk[] | undefined;
  /** When what has come last is to be sent, in milliseconds after the start; undefined for an answer that is sent as it comes. */
  readonly due: () => number | undefined;
  /** Called when the first content is to be sent. */
  readonly onFirst?: (() => void) | undefined;
  /** Stores an answer that is sent part by part, before it is. */
  readonly onTimed?: ((sent: SentResponse) => Stored | undefined) | undefined;
  /** The base URL of the client, for URLs in an answer. */
  readonly base: string;
  /** Milliseconds after which a client that reads nothing of a waiting answer is disconnected. Default 60,000. */
  readonly stallTimeout?: number | undefined;
  /** What is sent while the model is silent, from the moment at which it was asked. */
  readonly keepAlive?: (KeepAlive & {readonly hasAsked: () => boolean}) | undefined;
  /** What a fault does to the answer on its way. */
  readonly disturbance?: Disturbance | undefined;
};

/** The stream of a response, which is opened when the first bytes are to be sent. */
export type OpenStream = {
  readonly isOpen: boolean;
  /** `sent` is the response, if its body is not to be encoded any more. */
  open(sent?: SentResponse): StreamWriter;
};

export type Opening = Delivery & {readonly stream: OpenStream};

export type Delivered = {
  /** What was sent, if it was sent in one piece. */
  readonly sent: SentResponse | undefined;
  /** Why the stream failed after its first chunk. */
  readonly error: RetakeError | undefined;
};
