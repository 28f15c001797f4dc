import type {AnswerChunk} from '../../../chat/chunk.js';
import type {JsonObject} from '../../../chat/json.js';
import type {CallContext} from '../../../chat/model.js';
import type {CountTokensRequest} from '../../../chat/request.js';
import {doneData} from '../../../dialects/kit/completion-chunks/decode-completion.js';
import {normalizeChunk} from '../../../dialects/kit/completion-chunks/normalize-chunk.js';
import {RetakeError} from '../../../errors.js';
import {promptTools} from '../../local/tools/prompt-tools.js';
import {encodePrompt} from '../wire/encode-chat.js';
import {mergeExtras} from '../wire/merge-extras.js';
import {requestJsonIfSupported} from '../wire/request.js';
import {eventError} from '../wire/upstream-failure.js';
import {requestAdapted} from './request-adapted.js';
import type {Server} from './server.js';

const reserved = new Set(['messages', 'model', 'stream', 'stream_options', 'tools', 'tool_choice']);

/**
 * Counts the tokens that a chat request would send to the model. llama-server has an endpoint for it; another server is asked for the
 * shortest answer, whose usage has the token count of the prompt.
 */
export async function* askTokenCount(
  server: Server,
  request: CountTokensRequest,
  {signal, media}: CallContext,
): AsyncGenerator<AnswerChunk> {
  const {connection, description, timeouts} = server;
  const {apiPath} = connection.address;
  const asked = description.supportsTools ? request : promptedCount(request, server);
  const prompt = mergeExtras(await encodePrompt(asked, description, media), request.extras, reserved);
  const path = `${apiPath}/chat/completions/input_tokens`;
  const answer = await requestJsonIfSupported(connection, {path, body: prompt, timeouts, signal});
  const counted = answer ? countIn(answer) : await countByAnswer(server, prompt, signal);
  yield {type: 'reply-start', answeredBy: server.answeredBy(counted.event)};
  yield {type: 'token-count', tokens: counted.tokens};
  yield {type: 'reply-end', finish: [{unified: 'stop', raw: 'stop'}]};
}

function promptedCount(request: CountTokensRequest, {description}: Server): CountTokensRequest {
  const {tools: _tools, toolChoice: _choice, ...rest} = request;
  return {...rest, turns: promptTools(request, description).turns};
}

type Counted = {readonly tokens: number; readonly event: JsonObject};

function countIn(event: JsonObject): Counted {
  const {input_tokens: tokens} = event;
  if (typeof tokens === 'number') return {tokens, event};
  throw new RetakeError(
    'upstream_failed',
    'Expected a token count from the upstream, but its answer has none',
  );
}

async function countByAnswer(server: Server, prompt: JsonObject, signal: AbortSignal): Promise<Counted> {
  const {connection, timeouts} = server;
  const {address} = connection;
  const path = `${address.apiPath}/chat/completions`;
  const body = {...prompt, max_tokens: 1, stream: true, stream_options: {include_usage: true}};
  let counted: Counted | undefined;
  for await (const batch of requestAdapted(server, {path, body, timeouts, signal})) {
    for (const data of batch) {
      const chunk = data === doneData ? undefined : normalizeChunk(data);
      if (!chunk) continue;
      const {event, error, usage} = chunk;
      if (error !== undefined) throw eventError(error, address);
      const tokens = usage?.['prompt_tokens'];
      if (typeof tokens === 'number') counted = {tokens, event};
    }
  }
  if (counted) return counted;
  throw new RetakeError(
    'not_supported',
    `The upstream at ${address.display} cannot count tokens: it has no endpoint for it, and its answers have no usage`,
  );
}
