import {isJsonObject, type JsonObject, type JsonValue} from '../chat/json.js';
import type {ModelRequest} from '../chat/request.js';
import {RetakeError} from '../errors.js';
import {createIgnorer} from './ignore.js';
import type {MatchingView} from './key.js';
import type {KeySettings} from './key-settings.js';
import {createRedactor, type Redaction} from './redact.js';

export type View = {readonly view: MatchingView; readonly redaction: Redaction};

/** Prepares the rules of a cassette once; the function it returns makes a request's matching view. */
export function createViewer({
  ignore,
  redact,
}: Pick<KeySettings, 'ignore' | 'redact'>): (request: ModelRequest) => View {
  const beginRedaction = createRedactor(redact);
  const ignoreIn = createIgnorer(ignore);
  return request => {
    const redaction = beginRedaction();
    const view = ignoreIn(redaction.redactValue(asJson(request)));
    if (!isJsonObject(view)) {
      throw new RetakeError(
        'invalid_setting',
        'An `ignore` rule with an empty pointer would ignore the whole request',
        {
          hint: 'Name a place in the request, for instance `/sampling/seed`.',
        },
      );
    }
    return {view, redaction};
  };
}

/** A request holds nothing but JSON; only its type is narrower. */
function asJson(request: ModelRequest): JsonObject {
  const value: unknown = request;
  return value as {readonly [key: string]: JsonValue};
}
