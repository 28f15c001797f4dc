import type {LocalEndpoint, RawRequest} from '../dialect.js';
import {jsonAnswer} from './json-answer.js';

type JsonAnswer = Parameters<typeof jsonAnswer>[0];

/** Makes local endpoints that answer with JSON and with these headers. */
export function localEndpoints(headers: Parameters<typeof jsonAnswer>[1]) {
  return (method: LocalEndpoint['method'], answer: (request: RawRequest) => JsonAnswer): LocalEndpoint => ({
    kind: 'local',
    method,
    answer: request => jsonAnswer(answer(request), headers),
  });
}
