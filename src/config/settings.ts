import {type Static, Type} from '@sinclair/typebox';
import {DocumentSettings, IgnoreRule, RedactRule} from '../cassette/key/key-settings.js';
import {omitUndefined} from '../chat/omit-undefined.js';
import {FaultRule} from '../faults/fault-rule.js';
import {EngineTuning} from '../upstream/local/engine/engine-tuning.js';
import {given} from './places.js';

const httpAddress = 'an address that begins with http:// or https://';
const digest = '64 hexadecimal digits';

const listening = {
  host: Type.String({
    minLength: 1,
    default: '127.0.0.1',
    description: 'Address to listen on; 0.0.0.0 for every interface',
    ...given({placeholder: 'address'}),
  }),
  port: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 8090,
    description: 'Port to listen on; 0 for a free one',
  }),
  allowedHosts: Type.Array(Type.String({minLength: 1}), {
    default: [],
    description: 'Host names to accept besides loopback ones; * for any',
    ...given({placeholder: 'names'}),
  }),
  corsOrigins: Type.Array(Type.String({minLength: 1}), {
    default: [],
    description: 'Origins of web pages that may read responses',
    ...given({placeholder: 'origins'}),
  }),
  bodyLimit: Type.Integer({
    minimum: 1,
    default: 50 * 1024 * 1024,
    description: 'Maximum size of a request body in bytes',
    ...given({placeholder: 'bytes'}),
  }),
  requestTimeout: Type.Integer({
    minimum: 1,
    default: 60_000,
    description: 'Timeout in milliseconds for receiving a request',
    ...given({placeholder: 'ms'}),
  }),
};

const answering = {
  mode: Type.Optional(
    Type.Union(
      [Type.Literal('replay'), Type.Literal('auto'), Type.Literal('record'), Type.Literal('passthrough')],
      {
        description: 'Mode: replay, auto, record or passthrough (default: replay in CI, else auto)',
        ...given({placeholder: 'mode'}),
      },
    ),
  ),
  cassette: Type.String({
    minLength: 1,
    default: 'cassettes',
    description: 'Cassette file (NAME.cassette), folder of cassettes, or postgres:// address',
    ...given({placeholder: 'path', path: 'always'}),
  }),
  followLinks: Type.Boolean({
    default: false,
    description: 'Follow symbolic links to cassettes outside their folder',
    ...given({file: false}),
  }),
  pace: Type.Union([Type.Literal('instant'), Type.Literal('recorded'), Type.Number({exclusiveMinimum: 0})], {
    default: 'instant',
    description: 'Speed of replayed streams: instant, recorded, or a factor',
    ...given({placeholder: 'pace'}),
  }),
  finishTimeout: Type.Integer({
    minimum: 0,
    maximum: 2_147_483_647,
    default: 120_000,
    description: 'Milliseconds for which a recording goes on after its client has left',
    ...given({placeholder: 'ms'}),
  }),
  allowModeOverride: Type.Boolean({
    default: false,
    description: 'Let the x-retake-mode header override replay mode',
  }),
  missStatus: Type.Integer({
    minimum: 400,
    maximum: 499,
    default: 400,
    description: 'HTTP status of a request without a recording',
    ...given({placeholder: 'status'}),
  }),
  allowMissingCassettes: Type.Boolean({
    default: false,
    description: 'Start in replay mode although there are no cassettes yet',
  }),
  fault: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'Fault that each request gets: rate-limit, cut:3 and others',
      ...given({placeholder: 'name', file: false}),
    }),
  ),
  faults: Type.Array(FaultRule, {
    default: [],
    description: 'Faults that matching requests get',
    ...given({flag: false, variables: false}),
  }),
  keepAlive: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 86_400,
      description:
        'Seconds of silence after which a stream gets a keep-alive; 0 for never (default: 15 for Anthropic, else never)',
      ...given({placeholder: 'seconds'}),
    }),
  ),
  strictApi: Type.Union([Type.Literal('warn'), Type.Literal('error'), Type.Literal('off')], {
    default: 'warn',
    description: 'Requests that the real API refuses: warn, error or off',
    ...given({placeholder: 'warn|error|off'}),
  }),
  forwardModel: Type.Optional(
    Type.Boolean({
      description: "Send the client's model name upstream, and match on it (default: as in the cassette)",
    }),
  ),
  ignore: Type.Optional(
    Type.Array(IgnoreRule, {
      description:
        'Volatile values to leave out of matching: names of rules, regular expressions or JSON pointers',
      ...given({flag: false, variables: false}),
    }),
  ),
  redact: Type.Optional(
    Type.Array(RedactRule, {
      description: 'Secrets to redact besides those of the built-in rules',
      ...given({flag: false, variables: false}),
    }),
  ),
  recordErrors: Type.Boolean({
    default: false,
    description: "Record the upstream's errors, too, and replay them",
  }),
};

const {pages, pageSize, maxPages} = DocumentSettings.properties;

const attaching = {
  pages: Type.Optional(
    Type.Union(pages.anyOf, {
      description:
        'Form of PDF pages for the model (default: as in the cassette, else text for gemma3-270m, else images)',
      ...given({placeholder: 'images|text|both'}),
    }),
  ),
  pageSize: Type.Optional(
    Type.Integer({
      ...bounds(pageSize),
      description: 'Long side of a page in pixels (default: as in the cassette, else 896)',
      ...given({placeholder: 'pixels'}),
    }),
  ),
  maxPages: Type.Optional(
    Type.Integer({
      ...bounds(maxPages),
      description: 'Maximum number of pages of a PDF (default: as in the cassette, else 100)',
    }),
  ),
  rasterizer: Type.Union([Type.Literal('auto'), Type.Literal('pdftoppm'), Type.Literal('pdfium')], {
    default: 'auto',
    description: 'What renders PDFs: pdftoppm, pdfium, or auto for pdftoppm if it is on PATH, else pdfium',
    ...given({placeholder: 'name'}),
  }),
  renderTimeout: Type.Integer({
    minimum: 1,
    default: 20_000,
    description: 'Timeout in milliseconds for rasterizing a PDF',
    ...given({placeholder: 'ms'}),
  }),
  allowUrl: Type.Array(Type.String({minLength: 1}), {
    default: [],
    description: 'Private hosts to fetch attachments from: HOST, HOST:PORT or *.HOST',
    ...given({placeholder: 'hosts'}),
  }),
  mediaRoot: Type.Array(Type.String({minLength: 1}), {
    default: [],
    description: 'Folders with files that requests may attach by path',
    ...given({placeholder: 'folders', path: 'always'}),
  }),
  thumbnails: Type.Union([Type.Literal('on'), Type.Literal('off')], {
    default: 'on',
    description: 'Thumbnails of pages and images in the cassette, for reviewers',
    ...given({placeholder: 'on|off'}),
  }),
  media: Type.Union([Type.Literal('digests'), Type.Literal('full')], {
    default: 'digests',
    description: 'Attachments in the cassette: stored in full, or as digests',
    ...given({placeholder: 'digests|full'}),
  }),
};

function bounds({minimum, maximum}: {minimum?: number; maximum?: number}) {
  return omitUndefined({minimum, maximum});
}

/** Another host for one API's provider. */
function providerUrl(api: string, official: string) {
  return Type.Optional(
    Type.String({
      pattern: '^https?://',
      description: `With --upstream provider: base URL of the ${api} API (default: ${official})`,
      ...given({placeholder: 'url', expected: httpAddress}),
    }),
  );
}

/** The key for one API's provider. */
function providerKey(api: string) {
  return Type.Optional(
    Type.String({
      minLength: 1,
      description: `With --upstream provider: key for the ${api} API, in place of the client's own`,
      ...given({flag: false, file: false, variables: [`RETAKE_${api.toUpperCase()}_API_KEY`], secret: true}),
    }),
  );
}

const asking = {
  model: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'Local model: a catalogue name or a .gguf file (default: gemma3-4b)',
      ...given({placeholder: 'name|path', path: 'when-it-looks-like-one'}),
    }),
  ),
  mmproj: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'Image projector of a custom model: a .gguf file',
      ...given({placeholder: 'path', path: 'always'}),
    }),
  ),
  modelUrl: Type.Optional(
    Type.String({
      pattern: '^https?://',
      description: 'URL of the .gguf file of a custom model',
      ...given({placeholder: 'url', expected: httpAddress, variables: ['MODEL_URL']}),
    }),
  ),
  modelSha256: Type.Optional(
    Type.String({
      pattern: '^[0-9a-fA-F]{64}$',
      description: 'SHA-256 digest of the custom model',
      ...given({placeholder: 'digest', expected: digest, variables: ['MODEL_SHA256']}),
    }),
  ),
  mmprojUrl: Type.Optional(
    Type.String({
      pattern: '^https?://',
      description: 'URL of the .gguf file of its image projector',
      ...given({placeholder: 'url', expected: httpAddress, variables: ['MMPROJ_URL']}),
    }),
  ),
  mmprojSha256: Type.Optional(
    Type.String({
      pattern: '^[0-9a-fA-F]{64}$',
      description: 'SHA-256 digest of the image projector',
      ...given({placeholder: 'digest', expected: digest, variables: ['MMPROJ_SHA256']}),
    }),
  ),
  upstream: Type.Optional(
    Type.String({
      pattern: '^(https?://|provider$)',
      description:
        "OpenAI-compatible server, or `provider` for the API's own provider, instead of a local model",
      ...given({
        placeholder: 'url|provider',
        expected: `provider, or ${httpAddress}`,
        variables: ['RETAKE_UPSTREAM', 'LK_UPSTREAM'],
      }),
    }),
  ),
  upstreamGemini: providerUrl('Gemini', 'https://generativelanguage.googleapis.com'),
  upstreamOpenai: providerUrl('OpenAI', 'https://api.openai.com/v1'),
  upstreamAnthropic: providerUrl('Anthropic', 'https://api.anthropic.com'),
  maxTokensSpent: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: 'With --upstream provider: tokens after which no further request is sent',
      ...given({placeholder: 'tokens'}),
    }),
  ),
  upstreamConcurrency: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: 'Requests that the upstream gets at once; the others wait (default: no limit)',
      ...given({placeholder: 'count'}),
    }),
  ),
  upstreamAuthHeader: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        'Authorization header for the upstream, such as `Authorization: Bearer …`; sent to its host only',
      ...given({flag: false, file: false, variables: ['LK_UPSTREAM_AUTH_HEADER'], secret: true}),
    }),
  ),
  llamaServer: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'Path of llama-server (default: from PATH, else installed by retake)',
      ...given({placeholder: 'path', variables: ['LLAMA_SERVER_BIN'], path: 'always'}),
    }),
  ),
  python: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'Python that installs the engine (default: python3 on PATH)',
      ...given({placeholder: 'command', path: 'when-it-looks-like-one'}),
    }),
  ),
  cacheDir: Type.Optional(
    Type.String({
      minLength: 1,
      description: "Folder for engines and models (default: the user's cache folder)",
      ...given({placeholder: 'path', path: 'always'}),
    }),
  ),
  geminiApiKey: providerKey('Gemini'),
  openaiApiKey: providerKey('OpenAI'),
  anthropicApiKey: providerKey('Anthropic'),
};

const telling = {
  log: Type.Union([Type.Literal('text'), Type.Literal('json'), Type.Literal('none')], {
    default: 'text',
    description: 'Request log on stderr: text, json or none',
    ...given({placeholder: 'format'}),
  }),
  quiet: Type.Boolean({default: false, description: 'Suppress the banner and progress'}),
};

/** The names of llama.cpp's own flags. */
export const engineVariables: Readonly<Record<keyof EngineTuning, string>> = {
  contextSize: 'LK_CTX_SIZE',
  threads: 'LK_THREADS',
  threadsBatch: 'LK_THREADS_BATCH',
  batchSize: 'LK_BATCH_SIZE',
  ubatchSize: 'LK_UBATCH_SIZE',
  gpuLayers: 'LK_GPU_LAYERS',
  parallel: 'LK_PARALLEL',
  flashAttention: 'LK_FLASH_ATTN',
  continuousBatching: 'LK_CONT_BATCHING',
  lockMemory: 'LK_MLOCK',
};

/** The headings of the settings in the help. */
export const settingGroups = {
  Server: listening,
  'Recording and replay': answering,
  Attachments: attaching,
  'Model and upstream': asking,
  'Engine tuning': {engine: EngineTuning},
  Output: telling,
} as const;

/** Every setting of retake. Flags, variables, the file, its published schema and the help are derived from this and nothing else. */
export const Settings = Type.Object(
  {...listening, ...answering, ...attaching, ...asking, engine: EngineTuning, ...telling},
  {additionalProperties: false},
);
export type Settings = Static<typeof Settings>;
