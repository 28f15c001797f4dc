import type {FastifyInstance, FastifyReply, FastifyRequest} from 'fastify';
import {type Mode, modes} from '../cassette/modes.js';
import {type Announcement, answerId, type CassetteContext} from '../cassette/replay/with-cassette.js';
import type {AnswerChunk} from '../chat/chunk.js';
import {parseJson} from '../chat/json.js';
import type {Model} from '../chat/model.js';
import type {AskedRequest} from '../chat/request.js';
import type {AnswerIdentity, Dialect, QuestionEndpoint} from '../dialects/dialect.js';
import {RetakeError} from '../errors.js';
import {clientStalled} from './client-closed.js';
import {readControl} from './control-headers.js';
import {deliver} from './deliver.js';
import {outcomeHeaders} from './exchange.js';
import type {ReplayMemo} from './replay-memo.js';
import {bytesOf} from './request-bytes.js';

export type QuestionOptions = {
  readonly chat: Model<CassetteContext, AskedRequest>;
  readonly mode: Mode;
  readonly allowModeOverride: boolean;
  /** Whether takes are replayed without pauses, so that the memo can store whole responses. */
  readonly playsAtOnce: boolean;
  readonly memo: ReplayMemo;
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
  const {path, query, location, cassette: pathCassette} = address;
  const {parseBody = parseJson} = address.dialect;
  const decoded = endpoint.decodeRequest({
    params: location?.params ?? {},
    query,
    headers,
    path,
    body: parseBody(bytesOf(body)),
  });
  const {answer, modelName, warnings = [], dependsOnState, onAnswered} = decoded;
  exchange.warnings = warnings;
  const control = readControl(headers, {...options, pathCassette});
  let finish = () => {};
  if (modes[control.mode].onMiss === 'record') {
    exchange.asking = new Promise(resolve => {
      finish = resolve;
    });
  }
  const announced = () => exchange.announcement ?? neverAnnounced();
  const isWhole = () => options.playsAtOnce && announced().outcome === 'hit';
  const chunks = options.chat(decoded.request, {
    ...control,
    modelName,
    signal,
    announce: announcement => {
      exchange.announcement = announcement;
      exchange.warnings = [...warnings, ...(announcement.warnings ?? [])];
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
  const {sent, error} = await deliver({
    answer,
    reply,
    signal,
    chunks: onAnswered ? reportAtEnd(chunks, all => onAnswered(all, identityOf(announced()))) : chunks,
    identity: () => identityOf(announced()),
    headers: () => outcomeHeaders(exchange),
    isWhole,
  }).finally(finish);
  if (error) exchange.error ??= error;
  const isRepeatable = !dependsOnState && !onAnswered && !announced().mayChange;
  if (sent && fingerprint && isWhole() && isRepeatable) {
    const {session} = control;
    options.memo.store(fingerprint, {
      session,
      path,
      announcement: announced(),
      warnings: exchange.warnings,
      sent,
    });
  }
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
