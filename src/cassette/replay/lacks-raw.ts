import type {JsonObject} from '../../chat/json.js';
import type {AnyRequest} from '../../chat/request.js';
import type {Cassette} from '../cassette.js';

/**
 * Whether a cassette has recordings of the kind of a raw question, so that the lack of this one is a miss, which a run must not overlook:
 * for a question that retake itself can answer, those about the same kind of stored object; else all raw questions.
 */
export async function lacksRaw(
  cassette: Cassette,
  request: AnyRequest,
  hasOwnAnswer: boolean,
): Promise<boolean> {
  const isKind = hasOwnAnswer ? isSameKind(request) : isRaw;
  return isKind !== undefined && (await hasView(cassette, isKind));
}

async function hasView(cassette: Cassette, isWanted: (view: JsonObject) => boolean): Promise<boolean> {
  for await (const {view} of cassette.views()) if (isWanted(view)) return true;
  return false;
}

const isRaw = (view: JsonObject) => view['operation'] === 'raw';

/**
 * Whether a view is that of a raw question about the same kind of stored object: about files, batches or responses. Undefined for a request
 * that is about none.
 */
function isSameKind(request: AnyRequest): ((view: JsonObject) => boolean) | undefined {
  if (request.operation !== 'raw') return undefined;
  const kind = kindOf(request.path);
  // retake has a list of models of its own.
  if (kind === undefined || kind === 'models') return undefined;
  return view => {
    const {api, path} = view;
    return isRaw(view) && api === request.api && typeof path === 'string' && kindOf(path) === kind;
  };
}

/** `files` of `/v1/files/file-1`, and of `/upload/v1beta/files`. */
function kindOf(path: string): string | undefined {
  return path
    .split('/')
    .find(segment => segment !== '' && !/^(?:v\d\w*|upload|download|openai)$/.test(segment));
}
