import {once} from 'node:events';
import {setTimeout as sleep} from 'node:timers/promises';
import type {FastifyReply, FastifyRequest} from 'fastify';
import type {Announcement} from '../cassette/replay/cassette-context.js';
import {type JsonValue, parseJson} from '../chat/json.js';
import {SchemaFault} from '../chat/schema-fault.js';
import type {AnswerReader} from '../chat/wire.js';
import type {DecodedRequest, QuestionEndpoint} from '../dialects/dialect.js';
import type {AnswerDecoder} from '../dialects/kit/answer-decoder.js';
import {RetakeError} from '../errors.js';
import {type Fault, isRefusal} from '../faults/fault.js';
import {type AnsweringOptions, type Asking, ask, controlOf, recordingFor} from './ask.js';
import {answerRaw, refusalOf} from './raw-route.js';
import type {ReplayMemo, SentResponse} from './replay-memo.js';
import {bytesOf} from './request-bytes.js';
import {type RequestFaults, refusalError} from './request-fault.js';
import {judgeRequest, type StrictApi} from './strict-api.js';

export type QuestionOptions = AnsweringOptions & {
  readonly memo: ReplayMemo;
  readonly faults: RequestFaults;
  readonly strictApi: StrictApi;
  readonly onRefusedByApi: (message: string) => void;
};

/** Answers at an endpoint that asks the model. */
export async function answerQuestion(
  request: FastifyRequest,
  reply: FastifyReply,
  endpoint: QuestionEndpoint,
  options: QuestionOptions,
): Promise<void> {
  const {query, dialect, location} = request.exchange.address;
  const named = request.exchange.session;
  let decoded: DecodedRequest;
  let variant: string;
  let body: JsonValue;
  try {
    body = bodyOf(request);
    variant = dialect.wireVariant?.(query, body) ?? '';
    decoded = await decodeShared(() => decodeQuestion(request, endpoint, body), options);
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    return answerRaw(request, reply, refusal, options);
  }
  const {answer, modelName, dependsOnState, onAnswered} = decoded;
  const warnings = judgeRequest(decoded, options);
  request.exchange.warnings = warnings;
  const control = controlOf(request, options);
  const fault = chooseFault(request, decoded, {...options, session: control.session});
  const {decoder} = endpoint;
  // A session that stands for the test that runs in it is another one next time.
  const isSame = (named ?? '') === control.session;
  const remember = (announcement: Announcement, sent: SentResponse) => {
    const {fingerprint, address, warnings: told} = request.exchange;
    const mayRepeat = isSame && !fault && !dependsOnState && !onAnswered && !announcement.mayChange;
    if (!fingerprint || !mayRepeat || !isOpen(control.session, options)) return undefined;
    return options.memo.store(fingerprint, {
      ...{path: address.path, dialect: dialect.name, model: modelName},
      ...{session: control.session, announcement, warnings: told, sent},
    });
  };
  const asking: Asking = {
    control,
    request: decoded.request,
    modelName,
    answer,
    endpoint: `${location?.endpoint ?? ''}${variant}`,
    warnings,
    fault,
    reader: decoder && readerOf(decoder, decoded),
    onTimed: remember,
    onAnswered: onAnswered && ((chunks, identity) => decoded.onAnswered?.(chunks, identity)),
  };
  if (fault && (fault.name === 'timeout' || isRefusal(fault, answer.delivery))) {
    await noteQuestion(request, asking, options);
    if (fault.name === 'timeout') return stayMute(reply, request.exchange.signal, fault.after);
    throw refusalError(fault, {dialect, model: modelName, now: options.now()});
  }
  const {announcement, sent} = await ask(request, reply, asking, options).catch(error => {
    throw error instanceof SchemaFault ? (dialect.schemaError?.(error, body) ?? error) : error;
  });
  if (sent) remember(announcement, sent);
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

/** Notes what a request asked that gets no answer, and which recording it would have played: that one is not unused. */
async function noteQuestion(
  request: FastifyRequest,
  asking: Asking,
  options: QuestionOptions,
): Promise<void> {
  const {exchange, body} = request;
  const {control, modelName} = asking;
  exchange.asked = {request: asking.request, modelName, size: bytesOf(body).length};
  exchange.session = control.session;
  exchange.replaced = await recordingFor(request, asking, options);
}

/** The fault of the request, which its exchange has from now on. */
function chooseFault(
  request: FastifyRequest,
  decoded: DecodedRequest,
  {faults, session, sessionSettings}: QuestionOptions & {readonly session: string},
): Fault | undefined {
  const {exchange, headers, body} = request;
  const {dialect, path} = exchange.address;
  const sessionPlan = sessionSettings(session)?.faults;
  const asked = {headers, session, dialect, path, body: bytesOf(body), decoded, sessionPlan};
  exchange.fault = faults.choose(asked);
  return exchange.fault;
}

/** Leaves a request without an answer until its client gives up, or until some milliseconds are over. */
async function stayMute(reply: FastifyReply, signal: AbortSignal, after: number | undefined): Promise<void> {
  reply.hijack();
  const ended = after === undefined ? once(signal, 'abort', {signal}) : sleep(after, undefined, {signal});
  await ended.catch(() => {});
  reply.raw.destroy();
}

function bodyOf({exchange, body}: FastifyRequest): JsonValue {
  const {parseBody = parseJson} = exchange.address.dialect;
  return parseBody(bytesOf(body));
}

function decodeQuestion(
  {exchange, headers}: FastifyRequest,
  endpoint: QuestionEndpoint,
  body: JsonValue,
): DecodedRequest {
  const {path, query, location} = exchange.address;
  return endpoint.decodeRequest({params: location?.params ?? {}, query, headers, path, body});
}

/** A request about stored objects is decoded again if another process has stored or deleted some. */
async function decodeShared(
  decode: () => DecodedRequest,
  {objects}: QuestionOptions,
): Promise<DecodedRequest> {
  try {
    const decoded = decode();
    if (!objects || !decoded.dependsOnState) return decoded;
    return (await objects.pull()) ? decode() : decoded;
  } catch (error) {
    if (!objects || !(error instanceof RetakeError) || !isAboutObject(error)) throw error;
    if (!(await objects.pull())) throw error;
    return decode();
  }
}

/** Dialects report a missing object in the words of their APIs. */
function isAboutObject({status, reason}: RetakeError): boolean {
  return status === 403 || status === 404 || reason === 'previous_response_not_found';
}

function readerOf(decoder: AnswerDecoder, {request, modelName}: DecodedRequest): AnswerReader {
  const question = {request, modelName};
  return {
    readBody: body => decoder.decodeBody(body, question),
    streamsJson: decoder.streamsJson,
    openStream: () => decoder.openStream(question),
  };
}
