import {deferStream} from '../../../async/defer-stream.js';
import type {AnswerChunk} from '../../../chat/chunk.js';
import type {CallContext} from '../../../chat/model.js';
import type {ChatRequest} from '../../../chat/request.js';
import {forEngine} from '../../local/schemas/for-engine.js';
import {isRejectedSchema} from '../../local/schemas/rejected-schema.js';
import {askWithPrompt} from '../../local/tools/ask-with-prompt.js';
import {callableTools} from '../../local/tools/callable-tools.js';
import {checkCalls} from '../../local/tools/check-calls.js';
import {warnOfGrammars} from '../../local/tools/tool-grammars.js';
import {encodeChat} from '../wire/encode-chat.js';
import {askSequentially} from './ask-sequentially.js';
import {checkOutput} from './check-output.js';
import {requestAnswer} from './request-answer.js';
import type {Server} from './server.js';
import {unquoteEnum} from './unquote-enum.js';

/** Sends a chat request, split into several if the server has fewer slots than there are candidates. */
export function askChat(
  server: Server,
  request: ChatRequest,
  context: CallContext,
): AsyncIterable<AnswerChunk> {
  const {slots = request.candidates ?? 1, isLlamaServer} = server.description;
  const {original, warn} = context;
  const prepared = isLlamaServer ? forEngine(request, original) : request;
  const {candidates = 1, output} = prepared;
  const ask = (asked: ChatRequest) => askConstrained(server, asked, context);
  const chunks = candidates <= slots ? ask(prepared) : askSequentially(prepared, ask);
  return checkOutput(output?.type === 'enum' ? unquoteEnum(chunks) : chunks, output, warn);
}

/** Asks for any JSON if llama-server has no grammar for the schema of the answer: what comes is checked anyway. */
function askConstrained(
  server: Server,
  request: ChatRequest,
  context: CallContext,
): AsyncIterable<AnswerChunk> {
  const isConstrained = request.output?.type === 'json-schema' && server.description.isLlamaServer;
  return isConstrained ? askForSchema(server, request, context) : askWithTools(server, request, context);
}

async function* askForSchema(
  server: Server,
  request: ChatRequest,
  context: CallContext,
): AsyncGenerator<AnswerChunk> {
  let hasStarted = false;
  try {
    for await (const chunk of askWithTools(server, request, context)) {
      hasStarted = true;
      yield chunk;
    }
  } catch (error) {
    if (hasStarted || !isRejectedSchema(error)) throw error;
    context.warn?.(
      'The engine has no grammar for the JSON schema of the request: the answer may be any JSON.',
    );
    yield* askWithTools(server, {...request, output: {type: 'json-schema', schema: {}}}, context);
  }
}

function askWithTools(
  server: Server,
  request: ChatRequest,
  context: CallContext,
): AsyncIterable<AnswerChunk> {
  const {description} = server;
  const ask = (asked: ChatRequest) => askOnce(server, asked, context);
  if (!description.supportsTools)
    return askWithPrompt(request, {upstream: description, ask, warn: context.warn});
  warnOfGrammars(callableTools(request), context.warn);
  return checkCalls(ask(request), request.tools);
}

function askOnce(server: Server, request: ChatRequest, context: CallContext): AsyncIterable<AnswerChunk> {
  return deferStream(async () => {
    const body = await encodeChat(request, server.description, context.media);
    return requestAnswer(server, request, {route: '/chat/completions', body}, context);
  });
}
