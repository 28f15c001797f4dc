import type {FastifyReply, FastifyRequest} from 'fastify';
import {type Mode, modes} from '../cassette/modes.js';
import type {Announcement, CassetteContext} from '../cassette/replay/cassette-context.js';
import {answerId} from '../cassette/replay/with-cassette.js';
import type {AnswerChunk} from '../chat/chunk.js';
import type {Model} from '../chat/model.js';
import {rawRequestOf} from '../chat/raw-request.js';
import type {AskedRequest, RawRequest} from '../chat/request.js';
import type {SharedObjects} from '../chat/shared-objects.js';
import {
  type AnswerReader,
  type ClientRequest,
  isWireChunk,
  type StreamedChunk,
  type WireChunk,
  type WireForm,
} from '../chat/wire.js';
import {withoutCredentials} from '../chat/without-credentials.js';
import type {AnswerFormat, AnswerIdentity} from '../dialects/dialect.js';
import {RetakeError} from '../errors.js';
import {type Fault, isLimit, type Refusal} from '../faults/fault.js';
import {limitAnswer} from '../faults/limit-answer.js';
import {clientStalled} from './client-closed.js';
import {type Control, readControl} from './control-headers.js';
import {deliver} from './deliver.js';
import {keepAliveOf} from './keep-alive.js';
import {outcomeHeaders} from './outcome-headers.js';
import type {SentResponse, Stored} from './replay-memo.js';
import {bytesOf} from './request-bytes.js';
import {disturbanceOf, refusalError} from './request-fault.js';
import type {SessionSettings} from './session-settings.js';

export type AnsweringOptions = {
  readonly chat: Model<CassetteContext, AskedRequest | RawRequest, StreamedChunk>;
  readonly mode: Mode;
  readonly allowModeOverride: boolean;
  /** Whether takes are replayed without pauses, so that a response can be sent in one piece. */
  readonly playsAtOnce: boolean;
  /** Whether the upstream is the provider of the API, which gets the client's requests as they are. */
  readonly hasProvider: boolean;
  /** Gives a request the provider's key that retake has. */
  readonly authorize?: ((client: ClientRequest) => ClientRequest) | undefined;
  readonly now: () => number;
  /** Objects that other processes may have stored, and wait for. */
  readonly objects?: SharedObjects | undefined;
  /** Seconds of silence after which a stream gets a sign of life; 0 for never, and by default as the API does. */
  readonly keepAlive?: number | undefined;
  /** The settings of a session that the control API has created. */
  readonly sessionSettings: (session: string) => SessionSettings | undefined;
};

/** What is asked, and how it is to be answered. */
export type Asking = {
  readonly control: Control;
  readonly request: AskedRequest | RawRequest;
  readonly modelName: string;
  /** Absent for a raw question. */
  readonly answer?: AnswerFormat | undefined;
  /** The name of the endpoint, and what else changes how an answer is written. */
  readonly endpoint?: string | undefined;
  readonly reader?: AnswerReader | undefined;
  readonly warnings: readonly string[];
  /** What goes wrong with the answer. */
  readonly fault?: Fault | undefined;
  /** Thrown if nothing can answer a raw question. */
  readonly refusal?: RetakeError | undefined;
  readonly hasOwnAnswer?: boolean | undefined;
  /** Stores an answer that is sent part by part, before it is. */
  readonly onTimed?: ((announcement: Announcement, sent: SentResponse) => Stored | undefined) | undefined;
  readonly onAnswered?: ((chunks: readonly AnswerChunk[], identity: AnswerIdentity) => void) | undefined;
};

export type Asked = {
  readonly announcement: Announcement;
  /** The response, if it was sent in one piece and is a hit. */
  readonly sent: SentResponse | undefined;
};

/** Asks the cassette, and the model behind it, and delivers the answer. */
export async function ask(
  fastifyRequest: FastifyRequest,
  reply: FastifyReply,
  asking: Asking,
  options: AnsweringOptions,
): Promise<Asked> {
  const {exchange, raw: incoming, body} = fastifyRequest;
  const {address, signal} = exchange;
  const {control, answer, modelName, warnings, reader, refusal, onAnswered, fault} = asking;
  const bytes = bytesOf(body);
  exchange.warnings = warnings;
  exchange.asked = {request: asking.request, modelName, size: bytes.length};
  exchange.session = control.session;
  let due: number | undefined;
  let whole: readonly StreamedChunk[] | undefined;
  let identity: AnswerIdentity | undefined;
  let finish = () => {};
  // A raw question that cannot be answered is refused, as if recording had never been thought of.
  if (modes[control.mode].onMiss === 'record' && !fault && (!refusal || options.hasProvider)) {
    exchange.asking = new Promise(resolve => {
      finish = resolve;
    });
  }
  const announced = () => exchange.announcement ?? neverAnnounced();
  const identify = () => {
    identity ??= identityOf(announced());
    return identity;
  };
  const isWhole = () => options.playsAtOnce && announced().outcome === 'hit';
  const form: WireForm = {
    dialect: address.dialect.name,
    endpoint: asking.endpoint ?? '',
    delivery: answer?.delivery ?? 'raw',
  };
  // Fastify's own URL is that of a route.
  const query = queryOf(fastifyRequest.originalUrl);
  const client: ClientRequest | undefined = options.hasProvider
    ? {
        form,
        method: incoming.method ?? 'GET',
        path: address.path,
        query,
        headers: incoming.rawHeaders,
        bytes,
        reader,
      }
    : undefined;
  if (client && modes[control.mode].onMiss === 'fail')
    exchange.asked = {...exchange.asked, client: withoutCredentials(client)};
  const {authorize = same} = options;
  const given = options.chat(asking.request, {
    ...control,
    modelName,
    signal,
    // Of an answer in a provider's own bytes, only its chunks can have a fault.
    form: fault ? undefined : form,
    recordsNothing: fault !== undefined,
    // Of a slow answer, the client gets everything that was recorded.
    keepsPosition: fault !== undefined && fault.name !== 'slow',
    refusal,
    hasOwnAnswer: asking.hasOwnAnswer,
    raw: answer ? () => rawQuestion(fastifyRequest) : undefined,
    client: client && authorize(client),
    schedule:
      fault || onAnswered || answer?.delivery !== 'stream'
        ? undefined
        : time => {
            due = time;
          },
    onWhole:
      fault || onAnswered
        ? undefined
        : chunks => {
            whole = chunks;
          },
    announce: announcement => {
      exchange.announcement = announcement;
      exchange.announcedAt = performance.now();
      if (announcement.warnings) exchange.warnings = [...warnings, ...announcement.warnings];
      finish();
    },
    onEnd: callback => {
      if (exchange.sent === undefined) exchange.onEnd = callback;
      else callback(exchange.sent);
    },
    onBehind: () => {
      exchange.error = clientStalled();
      reply.raw.destroy();
    },
  });
  // A provider sends its own, in bytes that are kept as they are.
  const alive = fault || options.hasProvider ? undefined : keepAliveOf(answer, options.keepAlive);
  const hasAsked = () => exchange.announcement !== undefined && exchange.announcement.outcome !== 'hit';
  const chunks = fault && isLimit(fault) ? limitAnswer<WireChunk>(given, fault) : given;
  const refuse = (refusing: Fault & Refusal) =>
    refusalError(refusing, {dialect: address.dialect, model: modelName, now: options.now()});
  const {sent, error} = await deliver({
    answer,
    form: fault ? noForm : form,
    disturbance: disturbanceOf(fault, {signal, refuse}),
    reply,
    signal,
    keepAlive: alive && {...alive, hasAsked},
    chunks: onAnswered
      ? reportAtEnd(chunks, async all => {
          onAnswered(all, identify());
          await options.objects?.settle();
        })
      : chunks,
    identity: identify,
    headers: () => outcomeHeaders(exchange),
    isWhole,
    whole: () => whole,
    base: baseOf(fastifyRequest),
    due: () => due,
    onTimed: asking.onTimed && (timed => asking.onTimed?.(announced(), timed)),
    onFirst: () => {
      exchange.firstEventAt = performance.now();
    },
  }).finally(finish);
  if (error) exchange.error ??= error;
  return {announcement: announced(), sent: isWhole() ? sent : undefined};
}

/** The recording that would answer a request, if it did not get an error or silence. Nothing is played of it. */
export async function recordingFor(
  fastifyRequest: FastifyRequest,
  {control, request, modelName, answer}: Asking,
  options: AnsweringOptions,
): Promise<Announcement | undefined> {
  let announced: Announcement | undefined;
  const found = new AbortController();
  const chunks = options.chat(request, {
    ...control,
    mode: 'replay',
    modelName,
    signal: AbortSignal.any([fastifyRequest.exchange.signal, found.signal]),
    recordsNothing: true,
    keepsPosition: true,
    raw: answer ? () => rawQuestion(fastifyRequest) : undefined,
    announce: announcement => {
      announced = announcement;
      found.abort();
    },
    onEnd: () => {},
  });
  try {
    for await (const _ of chunks) break;
  } catch {
    // It has none, or it was announced before the recording is played.
  }
  return announced?.outcome === 'hit' ? announced : undefined;
}

/** The settings of a request: of its headers, its path and its session. */
export function controlOf({headers, exchange}: FastifyRequest, options: AnsweringOptions): Control {
  const {cassette: pathCassette, session: pathSession} = exchange.address;
  return readControl(headers, {...options, pathCassette, pathSession});
}

const same = (client: ClientRequest) => client;

/** The form of no recording. */
const noForm: WireForm = {dialect: '', endpoint: '', delivery: 'raw'};

/** The request as a raw question. */
export function rawQuestion({exchange, headers, raw, body}: FastifyRequest): RawRequest {
  const {dialect, path, query} = exchange.address;
  return rawRequestOf({
    api: dialect.name,
    method: raw.method ?? 'GET',
    path,
    query,
    contentType: headers['content-type'],
    bytes: bytesOf(body),
  });
}

/** As the client wrote it, with its question mark. */
function queryOf(url: string): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start);
}

function baseOf({headers, exchange}: FastifyRequest): string {
  return `http://${headers.host ?? 'localhost'}${exchange.address.prefix ?? ''}`;
}

function identityOf({key, recordedAt, outcome, usage}: Announcement): AnswerIdentity {
  const replayed = outcome === 'hit' ? {usage: usage?.()} : undefined;
  return {id: answerId(key, recordedAt), createdAt: Math.floor(recordedAt / 1000), replayed};
}

/** The same chunks. `report` gets them all before the last one is passed on, so that a client that has read its answer can refer to it. */
async function* reportAtEnd(
  chunks: AsyncIterable<StreamedChunk>,
  report: (chunks: readonly AnswerChunk[]) => Promise<void>,
): AsyncIterable<StreamedChunk> {
  const all: AnswerChunk[] = [];
  let isForeign = false;
  for await (const chunk of chunks) {
    // What a provider answered is stored at the provider, under its own id.
    if (isWireChunk(chunk)) isForeign = true;
    else all.push(chunk);
    if (chunk.type === 'reply-end' && !isForeign) await report(all);
    yield chunk;
  }
}

function neverAnnounced(): never {
  throw new RetakeError('internal', 'An answer came before it was announced');
}
