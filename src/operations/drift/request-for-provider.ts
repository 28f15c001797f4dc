import type {StoredReader} from '../../attachments/stored-reader.js';
import type {Interaction} from '../../cassette/cassette.js';
import {keyCandidate} from '../../cassette/key/key-candidate.js';
import type {KeySettings} from '../../cassette/key/key-settings.js';
import {namesToken} from '../../cassette/key/known-ids.js';
import {createViewer} from '../../cassette/key/matching-view.js';
import {requestOfView} from '../../cassette/maintenance/request-of-view.js';
import {attachmentsOf} from '../../chat/attachments.js';
import {isJsonObject, type JsonValue, stringifyJson} from '../../chat/json.js';
import type {EmbedRequest, ModelRequest, RawRequest} from '../../chat/request.js';
import type {AnswerReader, ClientRequest} from '../../chat/wire.js';
import type {Dialect, DialectServices, EncodedRequest, QuestionEndpoint} from '../../dialects/dialect.js';
import {builtInDialects} from '../../dialects/registry.js';
import {RetakeError, toRetakeError, unreachable} from '../../errors.js';
import {type WrittenContent, withOriginals} from './with-originals.js';

/** A stored request as a client would send it to its provider, or why it cannot be sent. */
export type ProviderRequest =
  | {readonly kind: 'request'; readonly client: ClientRequest}
  | {readonly kind: 'unaskable'; readonly reason: string};

/** Writes stored requests for the providers of their APIs. */
export function createRequestWriter(
  settings: KeySettings,
  media: StoredReader,
): (interaction: Interaction) => Promise<ProviderRequest> {
  const viewer = createViewer(settings);
  const dialects = builtInDialects.map(({create}) => create(noServices));
  return async interaction => {
    const {view, takes} = interaction;
    if (takes.every(({error}) => error)) return unaskable('only an error of it was recorded');
    const askable = requestOfView(view['operation'] === 'raw' ? {...view, operation: 'chat'} : view, {
      withPlaceholders: false,
      media,
    });
    if (askable.kind === 'unaskable') return askable;
    const api = takes.find(({wire}) => wire)?.wire?.dialect;
    const dialect = dialects.find(({name}) => name === api);
    if (!dialect) return unaskable('it was not recorded from a provider');
    if (namesToken(view)) return unaskable('it names what is stored at the provider');
    const request: unknown = view;
    if (view['operation'] === 'raw') return rawRequest(request as RawRequest);
    const stored = request as ModelRequest;
    const written =
      stored.operation === 'chat' || stored.operation === 'count-tokens'
        ? withOriginals(stored, media)
        : {request: stored, contents: []};
    if (!written)
      return unaskable('its images or documents are not stored in full (`media: full` stores them)');
    const encoded = encode(dialect, written.request, stored.model ?? takes[0].provenance.askedFor);
    if (!encoded) return unaskable('retake does not write requests of this API');
    try {
      const {endpoint, params} = encoded;
      const query = new URLSearchParams();
      const wire = {params, query, headers: {}, path: encoded.path, body: encoded.body};
      const decoded = endpoint.decodeRequest(wire);
      const {request: neutral, modelName} = decoded;
      const asked = settings.forwardModel ? {...neutral, model: modelName} : neutral;
      const release = await viewer.prepare(asked);
      const {contents} = written;
      const hasAll = attachmentsOf(asked).length === contents.length;
      const key = hasAll ? keyCandidate(asked, {known: contents, given: contents}, viewer).key : undefined;
      release();
      // The cassette has what is compared, and not every word of the client.
      if (key !== interaction.key) return unaskable('the cassette does not have all that the API needs');
      const {decoder} = endpoint;
      const reader: AnswerReader | undefined = decoder && {
        readBody: body => decoder.decodeBody(body, {request: neutral, modelName}),
        streamsJson: decoder.streamsJson,
        openStream: () => decoder.openStream({request: neutral, modelName}),
      };
      return {kind: 'request', client: clientRequest(dialect.name, encoded, 'unary', reader)};
    } catch (error) {
      return unaskable(`the cassette does not have all that the API needs: ${toRetakeError(error).message}`);
    }
  };
}

/** Only requests are read and written here: no proxy is there. */
const noServices: DialectServices = {
  now: () => 0,
  localModel: () => undefined,
  send: async () => {
    throw new RetakeError('internal', 'There is no proxy to send a request to');
  },
};

function unaskable(reason: string): ProviderRequest {
  return {kind: 'unaskable', reason};
}

type Encoded = EncodedRequest & {
  readonly endpoint: QuestionEndpoint;
  readonly params: Readonly<Record<string, string>>;
};

function encode(dialect: Dialect, request: ModelRequest<WrittenContent>, model: string): Encoded | undefined {
  for (const writer of Object.values(dialect.endpoints)) {
    const encoded = writer.kind === 'question' ? encodeWith(writer, request, model) : undefined;
    if (!encoded) continue;
    const {endpoint: name = '', params = {}} = dialect.locate('POST', encoded.path) ?? {};
    const endpoint = dialect.endpoints[name];
    if (endpoint?.kind === 'question') return {...encoded, endpoint, params};
  }
  return undefined;
}

function encodeWith(
  {encodeRequest, encodeEmbed, encodeCount}: QuestionEndpoint,
  request: ModelRequest<WrittenContent>,
  model: string,
): EncodedRequest | undefined {
  switch (request.operation) {
    case 'chat':
      return encodeRequest?.(request, model);
    case 'embed':
      return encodeEmbed?.(request as EmbedRequest, model);
    case 'count-tokens':
      return encodeCount?.(request, model);
    case 'complete':
      return undefined;
    default:
      return unreachable(request);
  }
}

function clientRequest(
  dialect: string,
  {path, body}: {readonly path: string; readonly body?: JsonValue | undefined},
  delivery: 'unary' | 'raw',
  reader?: AnswerReader,
): ClientRequest {
  const version = builtInDialects.find(({name}) => name === dialect)?.provider?.versionHeader ?? [];
  return {
    form: {dialect, endpoint: '', delivery},
    method: body === undefined ? 'GET' : 'POST',
    path,
    query: '',
    headers: [...(body === undefined ? [] : ['content-type', 'application/json']), ...version],
    bytes: Buffer.from(body === undefined ? '' : stringifyJson(body)),
    reader,
  };
}

/** A raw question that only asks: nothing is created at the provider, and nothing is read that may be gone. */
function rawRequest({api, method, path, query = [], body}: RawRequest): ProviderRequest {
  const isQuestion = method === 'POST' ? askingPaths.test(path) : method === 'GET' && listPaths.test(path);
  if (!isQuestion) return unaskable('it creates, changes or reads what is stored at the provider');
  const json = body && 'json' in body ? body.json : undefined;
  if (body && json === undefined) return unaskable('its body is stored as digests');
  if (json !== undefined && holdsDigest(json)) return unaskable('a part of its body is stored as a digest');
  const parameters = query.map(pair => {
    const [name = '', ...value] = pair.split('=');
    return `${encodeURIComponent(name)}=${encodeURIComponent(value.join('='))}`;
  });
  const client = clientRequest(api, {path, body: method === 'GET' ? undefined : (json ?? {})}, 'raw');
  return {
    kind: 'request',
    client: {...client, query: parameters.length > 0 ? `?${parameters.join('&')}` : ''},
  };
}

const askingPaths =
  /\/(?:images\/(?:generations|edits|variations)|audio\/(?:speech|transcriptions|translations)|moderations|embeddings|completions|messages|messages\/count_tokens|responses)$|:(?:generateContent|streamGenerateContent|countTokens|embedContent|batchEmbedContents|predict)$/;
const listPaths = /\/models(?:\/[^/]+)?$/;

function holdsDigest(value: JsonValue): boolean {
  if (typeof value === 'string') return /^sha256:[0-9a-f]{64}$/.test(value);
  if (Array.isArray(value)) return value.some(holdsDigest);
  return isJsonObject(value) && Object.values(value).some(holdsDigest);
}
