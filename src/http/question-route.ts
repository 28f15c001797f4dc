import type {FastifyInstance, FastifyReply, FastifyRequest} from 'fastify';
import {type Mode, modes} from '../cassette/modes.js';
import {type Announcement, answerId, type CassetteContext} from '../cassette/replay/with-cassette.js';
import type {AnswerChunk} from '../chat/chunk.js';
import {parseJson} from '../chat/json.js';
import type {Model} from '../chat/model.js';
import type {AskedRequest} from '../chat/request.js';
import type {AnswerIdentity, Dialect, QuestionEndpoint} from '../dialects/dialect.js';
import {RetakeError} from '../errors.js';
import {readControl} from './control-headers.js';
import {deliver} from './deliver.js';
import {outcomeHeaders} from './exchange.js';
import type {ReplayMemo} from './replay-memo.js';
import {bytesOf} from './request-bytes.js';
import type {SessionSettings} from './session-settings.js';

export type QuestionOptions = {
  readonly chat: Model<CassetteContext, AskedRequest>;
  readonly mode: Mode;
  readonly allowModeOverride: boolean;
  /** Whether takes are replayed without pauses, so that the memo can store whole responses. */
  readonly playsAtOnce: boolean;
  readonly memo: ReplayMemo;
  readonly now: () => number;
  /** The settings of a session that the control API has created. */
  readonly sessionSettings: (session: string) => SessionSettings | undefined;
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
  const {path, query, location, cassette: pathCassette, session: pathSession} = address;
  const {parseBody = parseJson} = address.dialect;
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
  exchange.asked = {request: decoded.request, modelName, size: bytes.length};
  const named = exchange.session;
  const control = readControl(headers, {...options, pathCassette, pathSession});
  exchange.session = control.session;
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
      exchange.announcedAt = options.now();
      exchange.warnings = [...warnings, ...(announcement.warnings ?? [])];
      finish();
    },
    onEnd: callback => {
      if (exchange.sent === undefined) exchange.onEnd = callback;
      else callback(exchange.sent);
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
    onFirst: () => {
      exchange.firstEventAt = options.now();
    },
  }).finally(finish);
  if (error) exchange.error = error;
  // A session that stands for the test that runs in it is another one next time.
  const isSame = (named ?? '') === control.session;
  const mayRepeat = isSame && !dependsOnState && !onAnswered && !announced().mayChange;
  if (sent && fingerprint && isWhole() && mayRepeat && isOpen(control.session, options)) {
    const {session} = control;
    options.memo.store(fingerprint, {
      session,
      path,
      dialect: address.dialect.name,
      model: modelName,
      announcement: announced(),
      warnings: exchange.warnings,
      sent,
    });
  }
}

/** Whether a session still takes requests. Another client may have ended it while it was answered. */
function isOpen(session: string, {sessionSettings}: QuestionOptions): boolean {
  try {
    sessionSettings(session);
    return true;
  } catch {
    return false;
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
