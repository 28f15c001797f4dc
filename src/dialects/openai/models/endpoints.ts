import {RetakeError} from '../../../errors.js';
import type {DialectServices, Endpoint, RawRequest} from '../../dialect.js';
import {jsonAnswer} from '../../kit/json-answer.js';
import {headersFor} from '../response-headers.js';

/** The listed name if the upstream's name for its model is unknown. */
const unknownModel = 'gemma-3';

/** The local model, under its own name and under every other name that a client requests. */
export function modelEndpoints({now, localModel}: DialectServices): Readonly<Record<string, Endpoint>> {
  const created = Math.floor(now() / 1000);
  const model = (id: string) => ({id, object: 'model', created, owned_by: 'retake'});
  return {
    listModels: {
      kind: 'local',
      method: 'GET',
      answer: () => jsonAnswer({object: 'list', data: [model(localModel() ?? unknownModel)]}, headersFor),
    },
    getModel: {
      kind: 'local',
      method: 'GET',
      answer: request => jsonAnswer(model(nameIn(request)), headersFor),
    },
    deleteModel: {
      kind: 'local',
      method: 'DELETE',
      answer(request) {
        throw new RetakeError(
          'invalid_request',
          `The model '${nameIn(request)}' cannot be deleted: every name is answered by the one local model.`,
          {status: 403, field: 'model'},
        );
      },
    },
  };
}

function nameIn({params}: RawRequest): string {
  return params['model'] ?? '';
}
