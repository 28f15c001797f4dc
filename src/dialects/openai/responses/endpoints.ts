import {chunkOf} from '../../../chat/chunk-of.js';
import {isJsonObject, type JsonObject} from '../../../chat/json.js';
import {foldTokenCount} from '../../../chat/reply.js';
import {RetakeError, toRetakeError} from '../../../errors.js';
import type {DialectServices, Endpoint, LocalAnswer, RawRequest} from '../../dialect.js';
import {answerTo} from '../../kit/answer-to.js';
import {jsonAnswer} from '../../kit/json-answer.js';
import {requestedFiles} from '../../kit/requested-files.js';
import type {ConversationStore} from '../conversations/conversation-store.js';
import type {FileStore} from '../files/file-store.js';
import {pageOf} from '../list-page.js';
import {headersFor, jsonHeaders} from '../response-headers.js';
import {refusedByApi} from '../strict-api.js';
import {answerFormat, eventsOf, responseOf} from './answer-format.js';
import {compactEndpoint} from './compact-endpoint.js';
import {answerDecoder, countDecoder} from './decode-answer.js';
import {decodeCount, decodeRequest, type Surroundings} from './decode-request.js';
import {encodeCount} from './encode-count.js';
import {conversationOf, listedItems} from './listed-items.js';
import {responseHead} from './response-object.js';
import {createResponseStore, type StoredResponse} from './response-store.js';

const fieldNames = {
  messages: 'input',
  format: 'text.format',
  schema: 'text.format.schema',
  parameters: (index: number) => `tools[${index}].parameters`,
};

/** The Responses API. Responses are stored unless the client disables it, so that later requests can continue from them. */
export function responseEndpoints({
  files,
  conversations,
  services,
}: {
  readonly files: FileStore;
  readonly conversations: ConversationStore;
  readonly services: DialectServices;
}): Readonly<Record<string, Endpoint>> {
  const responses = createResponseStore(services);
  const storedAt = ({params}: RawRequest): StoredResponse => responses.get(params['response'] ?? '');
  return {
    createResponse: {
      kind: 'question',
      method: 'POST',
      decodeRequest(wire) {
        const around = surroundings();
        const decoded = decodeRequest(wire, around);
        const {request, modelName, body, earlier, added, conversation, callForms, warnings} = decoded;
        const head = responseHead(body, {modelName, conversation});
        const isStored = body.store !== false;
        return {
          request,
          modelName,
          answer: answerTo('chat', answerFormat(head, {streams: body.stream ?? false, callForms})),
          warnings,
          refusals: refusedByApi(request, fieldNames),
          dependsOnState: around.wereUsed(),
          ...((isStored || conversation !== undefined) && {
            onAnswered(all, identity) {
              const chunks = all.map(chunk => chunkOf('chat', chunk));
              const response = responseOf(head, identity, {chunks, callForms});
              const own = listedItems(added, response.id);
              const items = [...earlier, ...own];
              if (conversation !== undefined)
                keepIn(conversation, [...own, ...response.output.filter(isJsonObject)]);
              if (isStored)
                responses.add({
                  response,
                  head,
                  identity,
                  chunks,
                  callForms,
                  items,
                  inherited: earlier.length,
                });
            },
          }),
        };
      },
      decoder: answerDecoder,
    },
    countInputTokens: {
      kind: 'question',
      method: 'POST',
      decodeRequest(wire) {
        const around = surroundings();
        const {request, modelName, warnings} = decodeCount(wire, around);
        return {
          request,
          modelName,
          warnings,
          dependsOnState: around.wereUsed(),
          answer: answerTo('count-tokens', {
            delivery: 'unary',
            headers: jsonHeaders,
            async encode(chunks) {
              const {tokens} = await foldTokenCount(chunks);
              return JSON.stringify({object: 'response.input_tokens', input_tokens: tokens});
            },
          }),
        };
      },
      decoder: countDecoder,
      encodeCount,
    },
    compactResponse: compactEndpoint(surroundings),
    getResponse: {
      kind: 'local',
      method: 'GET',
      answer(request) {
        const stored = storedAt(request);
        return request.query.get('stream') === 'true' ? streamed(stored, request) : whole(stored);
      },
    },
    deleteResponse: {
      kind: 'local',
      method: 'DELETE',
      answer({params: {response: id = ''}}) {
        responses.delete(id);
        return jsonAnswer({id, object: 'response', deleted: true}, headersFor);
      },
    },
    cancelResponse: {
      kind: 'local',
      method: 'POST',
      answer(request) {
        const stored = storedAt(request);
        // It ended before it could be cancelled.
        if (stored.head['background'] === true) return whole(stored);
        throw new RetakeError('invalid_request', 'Cannot cancel a synchronous response.');
      },
    },
    listInputItems: {
      kind: 'local',
      method: 'GET',
      answer(request) {
        const {items, response} = storedAt(request);
        const paging = {order: 'desc', limit: 20, maxLimit: 100} as const;
        return jsonAnswer(pageOf(listedItems(items, response.id), request.query, paging), headersFor);
      },
    },
  };

  /** A conversation that was deleted while the answer came is not brought back. */
  function keepIn(conversation: string, items: readonly JsonObject[]): void {
    try {
      conversations.append(conversation, items);
    } catch (error) {
      if (toRetakeError(error).status !== 404) throw error;
    }
  }

  function surroundings(): Surroundings & {wereUsed(): boolean} {
    const requested = requestedFiles(files);
    let refers = false;
    return {
      files: requested,
      conversationOf(id) {
        refers = true;
        return conversationOf(responses.previous(id));
      },
      itemsOf(conversation) {
        refers = true;
        return conversations.get(conversation).items;
      },
      findItem(id) {
        refers = true;
        return responses.findItem(id);
      },
      wereUsed: () => refers || requested.wereUsed,
    };
  }
}

function whole({response}: StoredResponse): LocalAnswer {
  return jsonAnswer(response, headersFor);
}

function streamed({head, identity, chunks, callForms}: StoredResponse, {query}: RawRequest): LocalAnswer {
  const after = Number(query.get('starting_after') ?? -1);
  const body = eventsOf(head, identity, {chunks, callForms, after});
  return {status: 200, headers: headersFor(body, 'text/event-stream; charset=utf-8'), body};
}
