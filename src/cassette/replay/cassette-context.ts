import type {Usage} from '../../chat/chunk.js';
import type {CallContext} from '../../chat/model.js';
import type {RawRequest} from '../../chat/request.js';
import type {ClientRequest, StreamedChunk, WireForm} from '../../chat/wire.js';
import type {RetakeError} from '../../errors.js';
import type {Cassette} from '../cassette.js';
import type {CassetteKey} from '../key/key.js';
import type {Mode} from '../modes.js';
import type {RecordingFate} from './recordings.js';

/** What the cassette needs to know of a call besides the question. */
export type CassetteContext = CallContext & {
  /** How the answer will be sent. */
  readonly form?: WireForm | undefined;
  /** The client's request as it came, for the provider of its API. */
  readonly client?: ClientRequest | undefined;
  /** The same request as a raw question: a recording of it answers, too, where there is none of the request itself. */
  readonly raw?: (() => RawRequest) | undefined;
  /** Thrown instead of a miss, and where no upstream can answer a raw question: why it was not served otherwise. */
  readonly refusal?: RetakeError | undefined;
  /** Whether a raw question has an answer of retake's own, too, so that it is no miss without a recording. */
  readonly hasOwnAnswer?: boolean | undefined;
  readonly mode: Mode;
  /** Separates parallel tests: repeats are counted within a session. */
  readonly session: string;
  /** The cassette that was chosen by name; the default one otherwise. */
  readonly cassette: string | undefined;
  /** The model's name as the client wrote it. */
  readonly modelName: string;
  /** Whether what the live model answers is left out of the cassette, whatever the mode says: the client gets a faulty answer. */
  readonly recordsNothing?: boolean | undefined;
  /** Whether the take that is played remains the next one of its session. */
  readonly keepsPosition?: boolean | undefined;
  /**
   * Called with the time at which the next chunk of a recording is due, in milliseconds after the start, if it is not played at once. The
   * caller then gets all chunks at once, and waits.
   */
  readonly schedule?: ((due: number) => void) | undefined;
  /** Called with all chunks of a recording that is played at once. None is then yielded. */
  readonly onWhole?: ((chunks: readonly StreamedChunk[]) => void) | undefined;
  /** Called once before the first chunk or the failure: what happened to the question. */
  announce(answer: Announcement): void;
  /** Called once after the end of the response, or at once if it has ended: how much of the answer was sent. */
  onEnd(callback: (sent: Sent) => void): void;
  /** Called if the client has fallen so far behind an answer that is being recorded that it gets no more of it. */
  readonly onBehind?: (() => void) | undefined;
};

/** How much of an answer a client got; nothing of one that failed. */
export type Sent = 'nothing' | 'part' | 'whole';

export type Announcement = {
  readonly outcome: 'hit' | 'recorded' | 'live' | 'miss';
  readonly key: CassetteKey;
  readonly cassette: Cassette;
  /** The cassette's revision before it was asked. */
  readonly revision: number;
  /** Unix milliseconds at which the answer was, or is being, recorded. */
  readonly recordedAt: number;
  /** Which take is played, for a hit, from 0; and of how many. */
  readonly take?: number;
  readonly takeCount?: number;
  /** Whether a hit repeats the last take: its session asked more often than was recorded. */
  readonly isRepeat?: boolean;
  /** What the model was given of the request's documents, where it is not their pictures alone. */
  readonly pages?: 'text' | 'both';
  /** What may be wrong with what the model was given of the attachments, a sentence each. */
  readonly warnings?: readonly string[];
  /** What the live model warns of: it may grow until the answer ends. */
  readonly liveWarnings?: readonly string[];
  /** The beginning of the request's text, of one that the upstream is asked. */
  readonly question?: string | undefined;
  /** The tokens of the answer, as far as they are known: those of a live one at its end. */
  readonly usage?: () => Usage | undefined;
  /** The outcome of a recording. Its client need not wait for it. */
  readonly fate?: Promise<RecordingFate>;
  /** The key of a recording that turned out to be one of a raw question, once it is kept. */
  readonly keptAs?: (() => CassetteKey | undefined) | undefined;
  /** Whether the error in place of the answer is a take: it is played, or was kept. */
  readonly isErrorTake?: (() => boolean) | undefined;
  /** The same request may be answered by something else next time, although nothing that was known of its key has changed. */
  readonly mayChange?: true;
};
