import type {Writable} from '../../../chat/json-text.js';
import type {DialectServices, LocalAnswer, LocalEndpoint, RawRequest} from '../../dialect.js';
import {jsonAnswer} from '../../kit/json-answer.js';
import {checkModelName} from '../model-name.js';
import {type ListPage, type Numbered, pageOf, pageParameters} from '../page.js';
import {decodeAlt} from '../query-parameters.js';
import {jsonHeaders} from '../response-headers.js';
import {encodeModel, encodePublisherModel} from './encode-model.js';
import {knownModels, type ListedModel, localModel} from './model-list.js';

/** https://ai.google.dev/api/models#method:-models.list */
const pageLimits = {usual: 50, most: 1000};

/** The local model answers to every name, so every name is valid. The lists contain the names that applications look for. */
export function modelEndpoints(services: DialectServices): Readonly<Record<string, LocalEndpoint>> {
  const listed = (): readonly ListedModel[] => {
    const own = services.localModel() ?? '';
    // Of another server, perhaps only the address is known.
    return /^[\w.:-]+$/.test(own) ? [localModel(own), ...knownModels] : knownModels;
  };
  const named = ({params}: RawRequest): ListedModel => {
    const name = checkModelName(params['model'] ?? '', 'GetModelRequest', 'name');
    return listed().find(model => model.name === name) ?? localModel(name);
  };
  return {
    listModels: list(request => {
      const {items, nextPageToken} = pageIn(request, listed());
      return {models: items.map(encodeModel), nextPageToken};
    }),
    listPublisherModels: list(request => {
      const {items, nextPageToken} = pageIn(request, listed());
      return {publisherModels: items.map(encodePublisherModel), nextPageToken};
    }),
    // retake tunes no models, so the list is empty.
    listTunedModels: list(request => ({tunedModels: pageIn(request, [], ['filter']).items})),
    listProjectModels: list(request => ({models: pageIn(request, [], ['filter']).items})),
    getModel: get(request => encodeModel(named(request))),
    getPublisherModel: get(request => encodePublisherModel(named(request))),
  };
}

function list(encode: (request: RawRequest) => Writable): LocalEndpoint {
  return {kind: 'local', method: 'GET', answer: request => jsonAnswer(encode(request), jsonHeaders)};
}

function get(encode: (request: RawRequest) => Writable): LocalEndpoint {
  const answer = (request: RawRequest): LocalAnswer => {
    decodeAlt(request.query, ['json']);
    return jsonAnswer(encode(request), jsonHeaders);
  };
  return {kind: 'local', method: 'GET', answer};
}

function pageIn<Item>(
  {query}: RawRequest,
  items: readonly Item[],
  fields: readonly string[] = [],
): ListPage<Item> {
  decodeAlt(query, ['json'], [...pageParameters, ...fields]);
  const numbered = items.map((item, number): Numbered<Item> => ({number, item}));
  return pageOf(numbered, query, pageLimits, 'ListModelsRequest');
}
