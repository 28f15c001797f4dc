import type {FastifyInstance, FastifyReply, FastifyRequest} from 'fastify';
import {type JsonValue, parseJson} from '../chat/json.js';
import type {AnswerReader} from '../chat/wire.js';
import type {DecodedRequest, Dialect, QuestionEndpoint} from '../dialects/dialect.js';
import type {AnswerDecoder} from '../dialects/kit/answer-decoder.js';
import {type AnsweringOptions, ask} from './ask.js';
import {answerRaw, refusalOf} from './raw-route.js';
import type {ReplayMemo} from './replay-memo.js';
import {bytesOf} from './request-bytes.js';

export type QuestionOptions = AnsweringOptions & {readonly memo: ReplayMemo};

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
  request: FastifyRequest,
  reply: FastifyReply,
  endpoint: QuestionEndpoint,
  options: QuestionOptions,
): Promise<void> {
  const {query, dialect, location} = request.exchange.address;
  let decoded: DecodedRequest;
  let variant: string;
  try {
    const body = bodyOf(request);
    variant = dialect.wireVariant?.(query, body) ?? '';
    decoded = decodeQuestion(request, endpoint, body);
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    return answerRaw(request, reply, refusal, options);
  }
  const {answer, modelName, warnings = [], dependsOnState, onAnswered} = decoded;
  const {decoder} = endpoint;
  const {control, announcement, sent} = await ask(
    request,
    reply,
    {
      request: decoded.request,
      modelName,
      answer,
      endpoint: `${location?.endpoint ?? ''}${variant}`,
      warnings,
      reader: decoder && readerOf(decoder, decoded),
      onAnswered: onAnswered && ((chunks, identity) => decoded.onAnswered?.(chunks, identity)),
    },
    options,
  );
  const {fingerprint, address, warnings: told} = request.exchange;
  const isRepeatable = !dependsOnState && !onAnswered && !announcement.mayChange;
  if (!sent || !fingerprint || !isRepeatable) return;
  const {session} = control;
  options.memo.store(fingerprint, {session, path: address.path, announcement, warnings: told, sent});
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

function readerOf(decoder: AnswerDecoder, {request, modelName}: DecodedRequest): AnswerReader {
  const question = {request, modelName};
  return {
    readBody: body => decoder.decodeBody(body, question),
    openStream: () => decoder.openStream(question),
  };
}
