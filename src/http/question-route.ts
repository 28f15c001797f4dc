import type {IncomingMessage, ServerResponse} from 'node:http';
import {onceClosed} from '../async/once-closed.js';
import type {Mode} from '../cassette/modes.js';
import {type Announcement, answerId, type CassetteContext} from '../cassette/replay/with-cassette.js';
import type {AnswerChunk} from '../chat/chunk.js';
import {parseJson} from '../chat/json.js';
import type {Model} from '../chat/model.js';
import type {AskedRequest} from '../chat/request.js';
import type {Dialect, QuestionEndpoint} from '../dialects/dialect.js';
import {RetakeError, toRetakeError} from '../errors.js';
import {readControl} from './control-headers.js';
import {clientGone, deliver} from './deliver.js';
import {type ExchangeLog, type ExchangeRecord, outcomeOf} from './exchange.js';
import {corsHeaders, type GuardOptions} from './guards.js';
import type {ReplayMemo} from './replay-memo.js';
import {sendError} from './send-error.js';
import type {Server} from './server.js';

export type QuestionOptions = {
  readonly chat: Model<CassetteContext, AskedRequest>;
  readonly mode: Mode;
  readonly allowModeOverride: boolean;
  /** Whether takes are played at once, so that a response can be kept whole. */
  readonly playsAtOnce: boolean;
  readonly guard: GuardOptions;
  readonly memo: ReplayMemo;
  readonly exchanges: ExchangeLog;
};

/** Serves every endpoint of a dialect that asks the model. */
export function registerQuestions(server: Server, dialect: Dialect, options: QuestionOptions): void {
  for (const [name, endpoint] of Object.entries(dialect.endpoints)) {
    if (endpoint.kind !== 'question') continue;
    server.app.route({
      method: endpoint.method,
      url: `/${dialect.name}/${name}`,
      handler: async ({raw, body}, reply) => {
        reply.hijack();
        const question = {server, dialect, endpoint, options, raw, response: reply.raw};
        await answerQuestion({...question, body: body instanceof Uint8Array ? body : new Uint8Array()});
      },
    });
  }
}

async function answerQuestion({
  server,
  dialect,
  endpoint,
  options,
  raw,
  response,
  body,
}: {
  readonly server: Server;
  readonly dialect: Dialect;
  readonly endpoint: QuestionEndpoint;
  readonly options: QuestionOptions;
  readonly raw: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Uint8Array;
}): Promise<void> {
  const {memo, exchanges, guard} = options;
  const {path, query, location, cassette: pathCassette} = server.addressOf(raw);
  const {headers} = raw;
  const record = exchanges.recordOf(raw, response, path);
  const gone = new AbortController();
  onceClosed(raw, response, () => gone.abort());
  try {
    refuseEncodedBody(headers['content-encoding']);
    const decoded = endpoint.decodeRequest({
      params: location?.params ?? {},
      query,
      headers,
      path,
      body: parseJson(body),
    });
    record.warnings = decoded.warnings ?? [];
    const control = readControl(headers, {...options, pathCassette});
    const announced = () => record.announcement ?? neverAnnounced();
    const {sent, error} = await deliver({
      answer: decoded.answer,
      response,
      signal: gone.signal,
      chunks: heard(
        options.chat(decoded.request, {
          ...control,
          modelName: decoded.modelName,
          signal: gone.signal,
          announce: announcement => {
            record.announcement = announcement;
            record.warnings = [...(record.warnings ?? []), ...(announcement.warnings ?? [])];
          },
        }),
        decoded.onAnswered && (chunks => decoded.onAnswered?.(chunks, identityOf(announced()))),
      ),
      identity: () => identityOf(announced()),
      headers: () => ({...headersOf(record), ...corsHeaders(headers, guard)}),
      isKnownWhole: () => options.playsAtOnce && announced().outcome === 'hit',
    });
    if (error) record.error = error;
    const fingerprint = server.fingerprintOf(raw);
    const isKept = options.playsAtOnce && !decoded.dependsOnState && !decoded.onAnswered;
    if (sent && fingerprint && isKept && announced().outcome === 'hit' && !announced().mayChange) {
      const {warnings = []} = record;
      memo.remember(fingerprint, {
        session: control.session,
        path,
        announcement: announced(),
        warnings,
        sent,
      });
    }
  } catch (cause) {
    const error = gone.signal.aborted ? clientGone(cause) : toRetakeError(cause);
    record.error = error;
    sendError(response, {error, dialect, headers: {...headersOf(record), ...corsHeaders(headers, guard)}});
  }
}

/** What the client is told of its question besides the answer. */
function headersOf({announcement, error, warnings = []}: ExchangeRecord): Record<string, string> {
  const warning = warnings.length > 0 && {'x-retake-warning': headerValueOf(warnings.join(' '))};
  if (!announcement) return {...warning};
  return {
    ...warning,
    'x-retake': outcomeOf(announcement, error),
    'x-retake-key': announcement.key,
    'x-retake-cassette': headerValueOf(announcement.cassette.name),
    ...(announcement.pages && {'x-retake-pages': announcement.pages}),
  };
}

function identityOf({key, recordedAt}: Announcement): {id: string; createdAt: number} {
  return {id: answerId(key, recordedAt), createdAt: Math.floor(recordedAt / 1000)};
}

/** The same chunks; `listener` is told all of them before the last one goes on, so that a client who has read its answer can build on it. */
async function* heard(
  chunks: AsyncIterable<AnswerChunk>,
  listener: ((chunks: readonly AnswerChunk[]) => void) | undefined,
): AsyncIterable<AnswerChunk> {
  const all: AnswerChunk[] = [];
  for await (const chunk of chunks) {
    if (listener) all.push(chunk);
    if (chunk.type === 'reply-end') listener?.(all);
    yield chunk;
  }
}

/** A header holds ASCII; whatever a file's name has besides is percent-encoded. */
function headerValueOf(name: string): string {
  return name.replace(/[^\x20-\x24\x26-\x7e]+/gu, encodeURIComponent);
}

function refuseEncodedBody(encoding: string | undefined): void {
  if (encoding === undefined || encoding === 'identity') return;
  throw new RetakeError(
    'unsupported_media_type',
    `Expected a body without content-encoding, got ${JSON.stringify(encoding)}`,
  );
}

function neverAnnounced(): never {
  throw new RetakeError('internal', 'An answer came before it was announced');
}
