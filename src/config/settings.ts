import {type Static, Type} from '@sinclair/typebox';
import {DocumentSettings, IgnoreRule, RedactRule} from '../cassette/key/key-settings.js';
import {omitUndefined} from '../chat/omit-undefined.js';
import {EngineTuning} from '../upstream/local/engine/engine-tuning.js';
import {given} from './places.js';

const httpAddress = 'an address that begins with http:// or https://';
const digest = '64 hexadecimal digits';

const listening = {
  host: Type.String({
    minLength: 1,
    default: '127.0.0.1',
    description: 'Address to listen on; 0.0.0.0 opens retake to other machines',
    ...given({placeholder: 'address'}),
  }),
  port: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 8090,
    description: 'Port to listen on; 0 takes a free one',
  }),
  allowedHosts: Type.Array(Type.String({minLength: 1}), {
    default: [],
    description: 'Host names besides loopback ones that a request may be addressed to; * allows any',
    ...given({placeholder: 'names'}),
  }),
  corsOrigins: Type.Array(Type.String({minLength: 1}), {
    default: [],
    description: 'Origins of browser pages that may read answers',
    ...given({placeholder: 'origins'}),
  }),
  bodyLimit: Type.Integer({
    minimum: 1,
    default: 50 * 1024 * 1024,
    description: 'Largest request body in bytes',
    ...given({placeholder: 'bytes'}),
  }),
  requestTimeout: Type.Integer({
    minimum: 1,
    default: 60_000,
    description: 'Milliseconds that a client may take to send its request',
    ...given({placeholder: 'ms'}),
  }),
};

const answering = {
  mode: Type.Optional(
    Type.Union(
      [Type.Literal('replay'), Type.Literal('auto'), Type.Literal('record'), Type.Literal('passthrough')],
      {
        description:
          'When to look into the cassette and what to do on a miss (default: replay when CI is set, else auto)',
        ...given({placeholder: 'mode'}),
      },
    ),
  ),
  cassette: Type.String({
    minLength: 1,
    default: 'cassettes',
    description: 'A file NAME.cassette, or a folder of them',
    ...given({placeholder: 'path', path: 'always'}),
  }),
  pace: Type.Union([Type.Literal('instant'), Type.Literal('recorded'), Type.Number({exclusiveMinimum: 0})], {
    default: 'instant',
    description: 'How fast streams are played: at once, as they were recorded, or that many times as fast',
    ...given({placeholder: 'pace'}),
  }),
  allowModeOverride: Type.Boolean({
    default: false,
    description: 'Let the header x-retake-mode turn strict replay into a live call',
  }),
  forwardModel: Type.Optional(
    Type.Boolean({
      description:
        "Send the client's model name to the upstream and make it part of the key (default: as the cassette remembers)",
    }),
  ),
  ignore: Type.Optional(
    Type.Array(IgnoreRule, {
      description:
        'What varies between runs and means nothing: places in the request, or regular expressions',
      ...given({flag: false, variables: false}),
    }),
  ),
  redact: Type.Optional(
    Type.Array(RedactRule, {
      description: 'Secrets besides the well-known ones that never enter a cassette',
      ...given({flag: false, variables: false}),
    }),
  ),
};

const {pages, pageSize, maxPages} = DocumentSettings.properties;

const attaching = {
  pages: Type.Optional(
    Type.Union(pages.anyOf, {
      description: `${pages.description} (default: as the cassette remembers, else text for gemma3-270m, which cannot see, else images)`,
      ...given({placeholder: 'images|text|both'}),
    }),
  ),
  pageSize: Type.Optional(
    Type.Integer({
      ...bounds(pageSize),
      description: `${pageSize.description} (default: as the cassette remembers, else 896)`,
      ...given({placeholder: 'pixels'}),
    }),
  ),
  maxPages: Type.Optional(
    Type.Integer({
      ...bounds(maxPages),
      description: `${maxPages.description} (default: as the cassette remembers, else 100)`,
    }),
  ),
  renderTimeout: Type.Integer({
    minimum: 1,
    default: 20_000,
    description: 'Milliseconds that rasterising a PDF may take',
    ...given({placeholder: 'ms'}),
  }),
  allowUrl: Type.Array(Type.String({minLength: 1}), {
    default: [],
    description:
      'Hosts besides those of the public internet that attachments may be fetched from: HOST, HOST:PORT or *.HOST',
    ...given({placeholder: 'hosts'}),
  }),
  mediaRoot: Type.Array(Type.String({minLength: 1}), {
    default: [],
    description: 'Folders whose files clients may attach by their path',
    ...given({placeholder: 'folders', path: 'always'}),
  }),
  thumbnails: Type.Union([Type.Literal('on'), Type.Literal('off')], {
    default: 'on',
    description: 'Whether cassettes keep small pictures of pages and images, for the reviewer',
    ...given({placeholder: 'on|off'}),
  }),
  media: Type.Union([Type.Literal('digests'), Type.Literal('full')], {
    default: 'digests',
    description: 'Whether cassettes keep what was attached whole, or only what it is known by',
    ...given({placeholder: 'digests|full'}),
  }),
};

function bounds({minimum, maximum}: {minimum?: number; maximum?: number}) {
  return omitUndefined({minimum, maximum});
}

const asking = {
  model: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'The local model: a name of the catalogue or a path to a .gguf file (default: gemma3-4b)',
      ...given({placeholder: 'name|path', path: 'when-it-looks-like-one'}),
    }),
  ),
  mmproj: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'The projector that lets a model of your own see images: a path to a .gguf file',
      ...given({placeholder: 'path', path: 'always'}),
    }),
  ),
  modelUrl: Type.Optional(
    Type.String({
      pattern: '^https?://',
      description: 'A model of your own to fetch: the address of its .gguf file',
      ...given({placeholder: 'url', expected: httpAddress, variables: ['MODEL_URL']}),
    }),
  ),
  modelSha256: Type.Optional(
    Type.String({
      pattern: '^[0-9a-fA-F]{64}$',
      description: 'Its SHA-256 in hexadecimal',
      ...given({placeholder: 'digest', expected: digest, variables: ['MODEL_SHA256']}),
    }),
  ),
  mmprojUrl: Type.Optional(
    Type.String({
      pattern: '^https?://',
      description: 'The address of its projector',
      ...given({placeholder: 'url', expected: httpAddress, variables: ['MMPROJ_URL']}),
    }),
  ),
  mmprojSha256: Type.Optional(
    Type.String({
      pattern: '^[0-9a-fA-F]{64}$',
      description: "The projector's SHA-256 in hexadecimal",
      ...given({placeholder: 'digest', expected: digest, variables: ['MMPROJ_SHA256']}),
    }),
  ),
  upstream: Type.Optional(
    Type.String({
      pattern: '^https?://',
      description: 'An OpenAI-compatible server to ask instead of a local model',
      ...given({placeholder: 'url', expected: httpAddress, variables: ['RETAKE_UPSTREAM', 'LK_UPSTREAM']}),
    }),
  ),
  upstreamAuthHeader: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        'The header that authorises us at the upstream: `Authorization: Bearer …`; sent to its host only',
      ...given({flag: false, file: false, variables: ['LK_UPSTREAM_AUTH_HEADER'], secret: true}),
    }),
  ),
  llamaServer: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        'The llama-server to run (default: the one on PATH, else the one that `retake setup` installs)',
      ...given({placeholder: 'path', variables: ['LLAMA_SERVER_BIN'], path: 'always'}),
    }),
  ),
  python: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'The Python that installs the engine (default: the python3 on PATH)',
      ...given({placeholder: 'command', path: 'when-it-looks-like-one'}),
    }),
  ),
  cacheDir: Type.Optional(
    Type.String({
      minLength: 1,
      description: "Where engines and models are kept (default: the user's cache folder)",
      ...given({placeholder: 'path', path: 'always'}),
    }),
  ),
};

const telling = {
  log: Type.Union([Type.Literal('text'), Type.Literal('json'), Type.Literal('none')], {
    default: 'text',
    description: 'One line for each exchange on stderr: for people, for programs, or none',
    ...given({placeholder: 'format'}),
  }),
  quiet: Type.Boolean({default: false, description: 'No banner and no progress'}),
};

/** Names that llama.cpp's own flags made known. */
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

/** The headings under which the help lists the settings. */
export const settingGroups = {
  Listening: listening,
  Answering: answering,
  'Reading what is attached': attaching,
  'Asking a model': asking,
  'Tuning the engine': {engine: EngineTuning},
  Telling: telling,
} as const;

/** Every setting of retake. Flags, variables, the file, its published schema and the help are derived from this and nothing else. */
export const Settings = Type.Object(
  {...listening, ...answering, ...attaching, ...asking, engine: EngineTuning, ...telling},
  {additionalProperties: false},
);
export type Settings = Static<typeof Settings>;
