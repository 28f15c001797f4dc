import type {IncomingMessage, ServerResponse} from 'node:http';
import type {Announcement, Sent} from '../cassette/replay/cassette-context.js';
import type {AskedRequest, RawRequest} from '../chat/request.js';
import type {ClientRequest} from '../chat/wire.js';
import type {Address} from '../dialects/dispatch.js';
import type {RetakeError} from '../errors.js';
import type {Fault} from '../faults/fault.js';
import type {Fingerprint} from './fingerprint.js';
import type {ReadBody} from './read-body.js';
import type {Replay} from './replay-memo.js';

/** One request and its outcome, as it is logged: no body, no header, no credential, no query string. */
export type Exchange = {
  readonly method: string;
  /** Without the prefix that names a cassette, and without the query. */
  readonly path: string;
  /** The API that the request belongs to: `gemini`, `openai` or `anthropic`. */
  readonly dialect: string;
  readonly status: number;
  readonly outcome: Outcome | undefined;
  readonly cassette: string | undefined;
  readonly key: string | undefined;
  /** The session of the request, if it named one. */
  readonly session: string | undefined;
  /** The model's name as the client wrote it. */
  readonly model: string | undefined;
  /** The tokens of the answer, if the upstream counted them. */
  readonly tokens: {readonly input: number; readonly output: number} | undefined;
  /** Milliseconds from the request to the first content of the answer. */
  readonly firstEvent: number | undefined;
  /** Milliseconds from the request to the end of the response. */
  readonly duration: number;
  /** What the client asked for and did not get, a sentence each. */
  readonly warnings: readonly string[];
  /** The fault that the request got, as it was requested: `cut:3`. */
  readonly fault?: string | undefined;
  /** The error's code and message, if there was one. */
  readonly error: {readonly code: string; readonly message: string} | undefined;
};

/** Called with each exchange. One that is repeated is the same object each time, so that it can be formatted once. */
export type OnExchange = (exchange: Exchange, isRepeated?: boolean) => void;

/** What an exchange was about: for the control API, which shows more than the log does. */
export type Ended = {
  readonly exchange: Exchange;
  /** Whether the request was for retake itself, such as `/health`, and not for an API. */
  readonly isService: boolean;
  readonly announcement: Announcement | undefined;
  /** The recording of a request that got a fault in its place. */
  readonly replaced: Announcement | undefined;
  readonly error: RetakeError | undefined;
  readonly asked: AskedQuestion | undefined;
  /** Milliseconds from the request to the upstream to the end of its answer; undefined if it was not asked. */
  readonly upstreamTime: number | undefined;
};

/** A decoded request for the model. */
export type AskedQuestion = {
  readonly request: AskedRequest | RawRequest;
  readonly modelName: string;
  /** Bytes of its body. */
  readonly size: number;
  /** The request for a provider, without the client's credentials. Absent if the upstream is none, or if the request was not missed. */
  readonly client?: ClientRequest | undefined;
};

/** The header `x-retake`: the outcome of a request. */
export type Outcome = Announcement['outcome'] | 'fault';

/** What is found out about a request before Fastify gets it. */
export type Arrival = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly address: Address;
  readonly startedAt: number;
  /** Why the request is rejected before its body is parsed. */
  readonly refusal: RetakeError | undefined;
  readonly preRead: ReadBody | undefined;
  /** Undefined for a request whose response is not stored in the memo. */
  readonly fingerprint: Fingerprint | undefined;
};

/** The state of one request, from its arrival to the end of its response: `request.exchange` in hooks and routes. */
export type OpenExchange = Omit<Arrival, 'preRead'> & {
  /** Aborted when the client closes the connection before the response is sent. */
  readonly signal: AbortSignal;
  /** Undefined once the body is being parsed. */
  preRead: ReadBody | undefined;
  announcement: Announcement | undefined;
  error: RetakeError | undefined;
  warnings: readonly string[];
  /** The session in which the request is counted, as far as it is known. */
  session: string | undefined;
  asked: AskedQuestion | undefined;
  /** What is sent of the memo, part by part. */
  replay: Replay | undefined;
  /** When the outcome was announced: at once before the upstream is asked. */
  announcedAt: number | undefined;
  /** When the first content of the answer came. */
  firstEventAt: number | undefined;
  /** The fault that was chosen for the request. */
  fault: Fault | undefined;
  /** The recording of a request that got a fault in its place. */
  replaced: Announcement | undefined;
  /** The answering of a request in a mode that records, which goes on after its client has left. */
  asking: Promise<void> | undefined;
  /** How much of the answer was sent, once the response has ended. */
  sent: Sent | undefined;
  /** Called when the response ends. */
  onEnd: ((sent: Sent) => void) | undefined;
};

/** The outcome of a request, for counting. */
export type Question = Pick<OpenExchange, 'announcement' | 'replaced' | 'error' | 'session'> & {
  /** Whether its answer was to be recorded. */
  readonly records: boolean;
  /** Whether it got a fault. */
  readonly isFaulty?: boolean | undefined;
};
