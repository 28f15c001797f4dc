import {isJsonObject, type JsonValue} from '../../chat/json.js';
import {RetakeError} from '../../errors.js';

/** The model name in a body. Azure has it in the path, as a deployment. */
export function modelNameOf(body: JsonValue, deployment: string | undefined): string {
  const name = modelNameIn(body, deployment);
  if (name === '') throw new RetakeError('invalid_request', 'you must provide a model parameter');
  return name;
}

/** The same for an optional model; the default is the empty name. */
export function modelNameIn(body: JsonValue, deployment: string | undefined): string {
  if (!isJsonObject(body)) {
    throw new RetakeError(
      'invalid_request',
      'We could not parse the JSON body of your request. Expected a JSON object.',
    );
  }
  const model = body['model'] ?? '';
  if (model === '') return deployment ?? '';
  // The check of the whole body rejects other types.
  return typeof model === 'string' ? model : 'unnamed';
}
