import {isJsonObject, type JsonValue} from '../../chat/json.js';
import {RetakeError} from '../../errors.js';

/** The name of the model that a body asks for. Azure names it in the path, as a deployment. */
export function modelNameOf(body: JsonValue, deployment: string | undefined): string {
  const name = modelNameIn(body, deployment);
  if (name === '') throw new RetakeError('invalid_request', 'you must provide a model parameter');
  return name;
}

/** The same where the model may be left out: then it is the empty name. */
export function modelNameIn(body: JsonValue, deployment: string | undefined): string {
  if (!isJsonObject(body)) {
    throw new RetakeError(
      'invalid_request',
      'We could not parse the JSON body of your request. Expected a JSON object.',
    );
  }
  const model = body['model'] ?? '';
  if (model === '') return deployment ?? '';
  // Anything but a name is refused by the check of the whole body, in its own words.
  return typeof model === 'string' ? model : 'unnamed';
}
