import {RetakeError} from '../../errors.js';
import type {LocalEndpoint} from '../dialect.js';

/** The parts of the API that retake does not serve, by their paths. */
const partsNotServed: readonly {
  readonly pattern: RegExp;
  readonly part: string;
  readonly method?: string;
  readonly hint?: string;
}[] = [
  {pattern: /\/batchPredictionJobs(?:\/|$)/, part: 'Batch prediction of Vertex AI'},
  {pattern: /\/batches\/[^/]+:update/, part: 'Changing a batch'},
  {pattern: /\/ws\/|:BidiGenerateContent|\.BidiGenerateContent/, part: 'The Live API'},
  {
    pattern: /\/v1internal(?=:|\/|$)/,
    part: 'The login of Gemini CLI with a Google account',
    hint: 'Set GEMINI_API_KEY to any value and choose the auth type `gemini-api-key` in the settings of Gemini CLI.',
  },
  {pattern: /\/auth_tokens(?:\/|$)/, part: 'Creating ephemeral tokens'},
  {
    pattern: /:(?:predictLongRunning|fetchPredictOperation)$|\/operations(?:\/|$)/,
    part: 'Generating videos and other long-running operations',
  },
  {pattern: /:computeTokens$/, part: 'Listing the ids of tokens'},
  {
    pattern: /\/(?:fileSearchStores|ragStores|corpora)(?:\/|$|:)|:uploadToFileSearchStore$/,
    part: 'File search',
  },
  {pattern: /\/tuningJobs(?:\/|$|:)/, part: 'Tuning'},
  {pattern: /\/tunedModels(?:\/[^/:]+)?$/, part: 'Tuning', method: 'POST'},
  {pattern: /\/files:register$/, part: 'Registering files of Google Cloud Storage'},
  {pattern: /\/files$/, part: 'Creating a file without an upload', method: 'POST'},
  {pattern: /\/generatedFiles(?:\/|$)/, part: 'Storing files that a model generated'},
  {
    pattern: /:(?:generateAnswer|generateText|generateMessage|embedText|batchEmbedText)$/,
    part: 'PaLM’s API',
  },
];

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

export function isNotServed(method: string, path: string): boolean {
  return methods.some(known => known === method) && partOf(method, path) !== undefined;
}

/** The endpoint that answers for everything that retake does not serve. */
export function refusingEndpoint(method: string): string {
  return `refuse${method}`;
}

/** Names the unserved part, so that users do not look for an error in their request. The status is not 501, because some SDKs retry that. */
export const refusingEndpoints: Readonly<Record<string, LocalEndpoint>> = Object.fromEntries(
  methods.map((method): [string, LocalEndpoint] => [
    refusingEndpoint(method),
    {
      kind: 'local',
      method,
      answer({path}) {
        const {part = 'This', hint} = partOf(method, path) ?? {};
        throw new RetakeError('not_supported', `${part} is not served: ${method} ${path}`, {
          status: 404,
          hint,
        });
      },
    },
  ]),
);

function partOf(method: string, path: string): (typeof partsNotServed)[number] | undefined {
  return partsNotServed.find(
    ({pattern, method: only}) => (only ?? method) === method && pattern.test(path) && !isUpload(path),
  );
}

/** Upload paths end like paths that are not served. */
function isUpload(path: string): boolean {
  return /(?:^|\/)upload\/(?:.*\/)?files$/.test(path);
}
