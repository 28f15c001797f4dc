import type {Static, TSchema} from '@sinclair/typebox';
import type {Cassettes} from '../../cassette/cassettes.js';
import type {Mode} from '../../cassette/modes.js';
import type {CassetteContext} from '../../cassette/replay/cassette-context.js';
import type {Model} from '../../chat/model.js';
import type {AskedRequest, RawRequest} from '../../chat/request.js';
import type {ClientRequest, StreamedChunk} from '../../chat/wire.js';
import type {DialectTraits} from '../../dialects/dialect.js';
import type {UpstreamState} from '../../upstream/upstream.js';
import type {Verdict} from '../verdict.js';
import type {ExchangeRing} from './exchange-ring.js';
import type {Sessions} from './sessions.js';

/** What the control API needs of the proxy. */
export type ControlServices = {
  readonly sessions: Sessions;
  readonly exchanges: ExchangeRing;
  readonly cassettes: Cassettes;
  readonly chat: Model<CassetteContext, AskedRequest | RawRequest, StreamedChunk>;
  /** Whether the upstream is the provider of the API, which needs a credential. */
  readonly hasProvider: boolean;
  /** The request with retake's own key for its provider, if it has one. */
  readonly authorize?: ((client: ClientRequest) => ClientRequest) | undefined;
  readonly dialects: readonly Pick<DialectTraits, 'clientVariables' | 'name'>[];
  readonly mode: Mode;
  readonly allowModeOverride: boolean;
  status(): {
    readonly ready: boolean;
    readonly mode: Mode;
    readonly cassette: string;
    readonly upstream?: UpstreamState;
  };
  /** The outcome of every request so far, and what is unused in the cassettes of all sessions. */
  verdict(): Promise<Verdict>;
  /** Remembers that a session has this cassette, whether or not it is asked. */
  noteCassette(name: string | undefined): void;
};

export type ControlRequest = {
  readonly services: ControlServices;
  /** The parameters in the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The address that the client used, `http://localhost:8090`. */
  readonly address: string;
  /** Aborted when the client leaves. */
  readonly signal: AbortSignal;
};

/** One operation of the control API; the OpenAPI document is made of these. */
export type ControlRoute = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below `/_retake/v1`, with parameters as `{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly query?: Readonly<Record<string, TSchema>> | undefined;
  readonly body?: TSchema | undefined;
  readonly status: 200 | 201;
  readonly answer: TSchema;
  /** Whether `Accept: text/event-stream` follows it live. */
  readonly isFollowed?: true | undefined;
  /** The statuses of its errors. */
  readonly errors: readonly number[];
  handle(request: ControlRequest, body: unknown): unknown;
};

/** Checks that a route's handler takes the body and gives the answer of its schemas. */
export function route<Body extends TSchema, Answer extends TSchema>(
  definition: Omit<ControlRoute, 'body' | 'answer' | 'handle'> & {
    readonly body?: Body;
    readonly answer: Answer;
    handle(request: ControlRequest, body: Static<Body>): Static<Answer> | Promise<Static<Answer>>;
  },
): ControlRoute {
  return {...definition, handle: (request, body) => definition.handle(request, body as Static<Body>)};
}
