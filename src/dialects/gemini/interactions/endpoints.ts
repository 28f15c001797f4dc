import {chunkOf} from '../../../chat/chunk-of.js';
import {type JsonValue, stringifyJson} from '../../../chat/json.js';
import {parseArguments} from '../../../chat/json-text.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import {RetakeError} from '../../../errors.js';
import type {
  DecodedRequest,
  DialectServices,
  Endpoint,
  LocalAnswer,
  RawRequest,
  WireRequest,
} from '../../dialect.js';
import {answerTo} from '../../kit/answer-to.js';
import {jsonAnswer} from '../../kit/json-answer.js';
import {within} from '../field-violations.js';
import type {Part} from '../generate-content/schema.js';
import {KeptContent, type Stores} from '../kept-content.js';
import {decodeProtoJson} from '../proto-json.js';
import {decodeAlt} from '../query-parameters.js';
import {jsonHeaders} from '../response-headers.js';
import {answerFormat, doneEvent, formatNamed} from './answer-format.js';
import {answerDecoder} from './decode-answer.js';
import {decodeInteraction} from './decode-interaction.js';
import {interactionId, type Step} from './interaction-object.js';
import {
  createInteractionStore,
  lifetime,
  type StoredInteraction,
  storedInteraction,
} from './interaction-store.js';
import {requestName} from './read-input.js';
import {CreateInteraction} from './schema.js';
import {InteractionWriter} from './write-interaction.js';

/** The Interactions API. Interactions are stored unless the client disables it, so that later ones can continue them. */
export function interactionEndpoints(
  stores: Stores,
  services: DialectServices,
): Readonly<Record<string, Endpoint>> {
  const {now} = services;
  const interactions = createInteractionStore(services);
  const named = ({params}: RawRequest) => storedInteraction(interactions, params['interaction'] ?? '');
  return {
    createInteraction: {
      kind: 'question',
      method: 'POST',
      decodeRequest({query, headers, body}: WireRequest): DecodedRequest {
        decodeAlt(query, ['json', 'sse']);
        const message = within({request: requestName}, () => decodeProtoJson(CreateInteraction, body));
        const {previousInteractionId = '', stream = false, store = true, input = null} = message;
        const kept = new KeptContent(stores, headers.host);
        const earlier =
          previousInteractionId === ''
            ? []
            : storedInteraction(interactions, previousInteractionId, 'previous_interaction_id').contents;
        const {request, warnings, modelName, contents, hasSummaries} = decodeInteraction(
          message,
          earlier,
          kept,
        );
        const head = {modelName, previousInteractionId: previousInteractionId || undefined, hasSummaries};
        return omitUndefined({
          request,
          modelName,
          warnings,
          answer: answerTo('chat', answerFormat(head, {streams: stream})),
          dependsOnState: previousInteractionId !== '' || kept.wasUsed ? true : undefined,
          onAnswered: store
            ? (all, identity) => {
                const chunks = all.map(chunk => chunkOf('chat', chunk));
                const writer = new InteractionWriter(head, identity);
                for (const chunk of chunks) writer.write(chunk);
                const answer = {role: 'model', parts: writer.steps.flatMap(partsOf)};
                const added = sizeOf(input, writer.steps);
                interactions.put({
                  id: interactionId(identity),
                  size: added,
                  expiresAt: now() + lifetime,
                  ...{head, identity, chunks, input},
                  contents: answer.parts.length > 0 ? [...contents, answer] : contents,
                });
              }
            : undefined,
        } satisfies {[member in keyof DecodedRequest]: DecodedRequest[member] | undefined});
      },
      decoder: answerDecoder,
    },
    getInteraction: {
      kind: 'local',
      method: 'GET',
      answer(request) {
        const {query} = request;
        decodeAlt(query, ['json', 'sse'], ['include_input', 'stream', 'last_event_id']);
        const stored = named(request);
        if (query.get('stream') === 'true') return streamed(stored, query.get('last_event_id'));
        const input = query.get('include_input') === 'true' ? {input: stored.input} : {};
        return jsonAnswer({...written(stored).interaction, ...input}, jsonHeaders);
      },
    },
    deleteInteraction: {
      kind: 'local',
      method: 'DELETE',
      answer(request) {
        interactions.delete(named(request).id);
        return jsonAnswer({}, jsonHeaders);
      },
    },
    cancelInteraction: {
      kind: 'local',
      method: 'POST',
      answer(request) {
        named(request);
        throw new RetakeError(
          'invalid_request',
          'Only interactions that run in the background can be cancelled.',
        );
      },
    },
  };
}

function written({head, identity, chunks}: StoredInteraction): InteractionWriter {
  const writer = new InteractionWriter(head, identity);
  for (const chunk of chunks) writer.write(chunk);
  return writer;
}

/** The events after one of them, or all. */
function streamed({head, identity, chunks}: StoredInteraction, after: string | null): LocalAnswer {
  const writer = new InteractionWriter(head, identity);
  const events = [...writer.begin(), ...chunks.flatMap(chunk => writer.write(chunk))];
  const last = events.findIndex(event => event['event_id'] === after);
  const body = [...events.slice(last + 1).map(formatNamed), doneEvent].join('');
  return {status: 200, headers: {'content-type': 'text/event-stream'}, body};
}

/** A step of the model as parts of a turn. */
function partsOf(step: Step): readonly Part[] {
  switch (step.type) {
    case 'thought':
      return [];
    case 'model_output':
      return step.content.map(({text}) => ({text}));
    case 'function_call': {
      const {id, name, arguments: args} = step;
      return [{functionCall: {id, name, args: parseArguments(args.text) ?? {}}}];
    }
  }
}

/** What an interaction adds to its conversation; earlier turns are shared with earlier interactions. */
function sizeOf(input: JsonValue, steps: readonly Step[]): number {
  return 2 * stringifyJson(input).length + 3 * JSON.stringify(steps).length;
}
