import {once} from 'node:events';
import {setTimeout as sleep} from 'node:timers/promises';
import type {FastifyInstance, FastifyReply, FastifyRequest} from 'fastify';
import {type Mode, modes} from '../cassette/modes.js';
import {type Announcement, answerId, type CassetteContext} from '../cassette/replay/with-cassette.js';
import type {AnswerChunk} from '../chat/chunk.js';
import {parseJson} from '../chat/json.js';
import type {Model} from '../chat/model.js';
import type {AskedRequest} from '../chat/request.js';
import type {AnswerIdentity, Dialect, QuestionEndpoint} from '../dialects/dialect.js';
import {RetakeError} from '../errors.js';
import {isLimit, isRefusal} from '../faults/fault.js';
import {limitAnswer} from '../faults/limit-answer.js';
import {readControl} from './control-headers.js';
import {deliver} from './deliver.js';
import {outcomeHeaders} from './exchange.js';
import type {ReplayMemo} from './replay-memo.js';
import {bytesOf} from './request-bytes.js';
import {disturbanceOf, type RequestFaults, refusalError} from './request-fault.js';

export type QuestionOptions = {
  readonly chat: Model<CassetteContext, AskedRequest>;
  readonly mode: Mode;
  readonly allowModeOverride: boolean;
  /** Whether takes are replayed without pauses, so that the memo can store whole responses. */
  readonly playsAtOnce: boolean;
  readonly memo: ReplayMemo;
  readonly faults: RequestFaults;
  readonly now: () => number;
};

/** Serves every endpoint of a dialect that asks the model. */
export function registerQuestions(app: FastifyInstance, dialect: Dialect, options: QuestionOptions): void {
  for (const [name, endpoint] of Object.entries(dialect.endpoints)) {
    if (endpoint.kind !== 'question') continue;
    app.route({
      method: endpoint.method,
      url: `/${dialect.name}/${name}`,
      handler: (request, reply) => answerQuestion(request, reply, endpoint, options),
    });
  }
}

async function answerQuestion(
  {exchange, headers, body}: FastifyRequest,
  reply: FastifyReply,
  endpoint: QuestionEndpoint,
  options: QuestionOptions,
): Promise<void> {
  const {address, signal, fingerprint} = exchange;
  const {path, query, location, cassette: pathCassette, dialect} = address;
  const {parseBody = parseJson} = dialect;
  const bytes = bytesOf(body);
  const decoded = endpoint.decodeRequest({
    params: location?.params ?? {},
    query,
    headers,
    path,
    body: parseBody(bytes),
  });
  const {answer, modelName, warnings = [], dependsOnState, onAnswered} = decoded;
  exchange.warnings = warnings;
  const control = readControl(headers, {...options, pathCassette});
  const {session} = control;
  const fault = options.faults.choose({headers, session, dialect, path, body: bytes, decoded});
  exchange.fault = fault;
  const refuse = (refusal: Parameters<typeof refusalError>[0]) =>
    refusalError(refusal, {dialect, model: modelName, now: options.now()});
  if (fault?.name === 'timeout') return stayMute(reply, signal, fault.after);
  if (fault && isRefusal(fault, answer.delivery)) throw refuse(fault);
  let finish = () => {};
  if (modes[control.mode].onMiss === 'record' && !fault) {
    exchange.asking = new Promise(resolve => {
      finish = resolve;
    });
  }
  const announced = () => exchange.announcement ?? neverAnnounced();
  const isWhole = () => options.playsAtOnce && announced().outcome === 'hit';
  const given = options.chat(decoded.request, {
    ...control,
    modelName,
    signal,
    recordsNothing: fault !== undefined,
    // Of a slow answer, the client gets everything that was recorded.
    keepsPosition: fault !== undefined && fault.name !== 'slow',
    announce: announcement => {
      exchange.announcement = announcement;
      exchange.warnings = [...warnings, ...(announcement.warnings ?? [])];
      finish();
    },
    onEnd: callback => {
      if (exchange.sent === undefined) exchange.onEnd = callback;
      else callback(exchange.sent);
    },
  });
  const chunks = fault && isLimit(fault) ? limitAnswer(given, fault) : given;
  const {sent, error} = await deliver({
    answer,
    reply,
    signal,
    disturbance: disturbanceOf(fault, {signal, refuse}),
    chunks: onAnswered ? reportAtEnd(chunks, all => onAnswered(all, identityOf(announced()))) : chunks,
    identity: () => identityOf(announced()),
    headers: () => outcomeHeaders(exchange),
    isWhole,
  }).finally(finish);
  if (error) exchange.error = error;
  const isRepeatable = !fault && !dependsOnState && !onAnswered && !announced().mayChange;
  if (sent && fingerprint && isWhole() && isRepeatable) {
    options.memo.store(fingerprint, {
      session,
      path,
      announcement: announced(),
      warnings: exchange.warnings,
      sent,
    });
  }
}

/** Leaves a request without an answer until its client gives up, or until some milliseconds are over. */
async function stayMute(reply: FastifyReply, signal: AbortSignal, after: number | undefined): Promise<void> {
  reply.hijack();
  const ended = after === undefined ? once(signal, 'abort', {signal}) : sleep(after, undefined, {signal});
  await ended.catch(() => {});
  reply.raw.destroy();
}

function identityOf({key, recordedAt}: Announcement): AnswerIdentity {
  return {id: answerId(key, recordedAt), createdAt: Math.floor(recordedAt / 1000)};
}

/** The same chunks. `report` gets them all before the last one is passed on, so that a client that has read its answer can refer to it. */
async function* reportAtEnd(
  chunks: AsyncIterable<AnswerChunk>,
  report: (chunks: readonly AnswerChunk[]) => void,
): AsyncIterable<AnswerChunk> {
  const all: AnswerChunk[] = [];
  for await (const chunk of chunks) {
    all.push(chunk);
    if (chunk.type === 'reply-end') report(all);
    yield chunk;
  }
}

function neverAnnounced(): never {
  throw new RetakeError('internal', 'An answer came before it was announced');
}
