import type {DocumentSettings} from '../cassette/key/key-settings.js';
import {omitUndefined} from '../chat/omit-undefined.js';
import {RetakeError} from '../errors.js';
import {defaultTuning, type EngineTuning} from '../upstream/local/engine/engine-tuning.js';
import type {ManagedUpstreamOptions} from '../upstream/local/managed-upstream.js';
import {describeModel} from '../upstream/local/models/describe-model.js';
import type {UpstreamChoice} from '../upstream/open-upstream.js';
import type {Config} from './load-config.js';

/** A model on this machine, run by llama.cpp. The engine and the model are downloaded when they are first needed. */
export type LocalModelOptions = {
  /** `gemma3-270m`, `gemma3-4b`, `gemma3-12b`, or the path of a `.gguf` file. Default `gemma3-4b`. */
  readonly model?: string | undefined;
  /** The path of a projector file, which lets a model of your own see images. */
  readonly mmproj?: string | undefined;
  /** The URL of a `.gguf` file to download instead of a model of the catalogue, and its SHA-256. */
  readonly modelUrl?: string | undefined;
  readonly modelSha256?: string | undefined;
  /** The URL of its projector file, and the SHA-256 of that. */
  readonly mmprojUrl?: string | undefined;
  readonly mmprojSha256?: string | undefined;
  /** The path of the llama-server to run. Default: the one on `PATH`, else one that is downloaded. */
  readonly llamaServer?: string | undefined;
  /** The Python that installs the engine. Default: `python3` on `PATH`. */
  readonly python?: string | undefined;
  /** The folder for engines and models. Default: the user's cache folder. */
  readonly cacheDir?: string | undefined;
  /** How the engine uses the machine. */
  readonly engine?: Partial<EngineTuning> | undefined;
};

/** The upstream of a configuration. */
export function upstreamOptions(config: Config): UpstreamChoice {
  const {upstream, upstreamAuthHeader} = config;
  if (upstream === 'provider') return providerOptions(config);
  refuseProviderSettings(config);
  if (upstream === undefined) return {kind: 'managed', ...managedOptions(config)};
  if (upstreamAuthHeader !== undefined) requireTrust(config, 'upstream');
  return omitUndefined({kind: 'external' as const, url: upstream, authorization: upstreamAuthHeader});
}

/** The base URLs of the providers; the official ones are absent. */
function providerOptions(config: Config): UpstreamChoice {
  // The clients' own keys go there.
  for (const name of providerSettings) requireTrust(config, name);
  const {upstreamGemini, upstreamOpenai, upstreamAnthropic, maxTokensSpent} = config;
  const urls = omitUndefined({gemini: upstreamGemini, openai: upstreamOpenai, anthropic: upstreamAnthropic});
  const {geminiApiKey, openaiApiKey, anthropicApiKey} = config;
  const keys = omitUndefined({gemini: geminiApiKey, openai: openaiApiKey, anthropic: anthropicApiKey});
  return omitUndefined({kind: 'provider' as const, urls, keys, maxTokens: maxTokensSpent});
}

const providerSettings = ['upstreamGemini', 'upstreamOpenai', 'upstreamAnthropic'] as const;

function refuseProviderSettings({sources}: Config): void {
  const given = [...providerSettings, 'maxTokensSpent'].find(name => sources.has(name));
  if (given === undefined) return;
  throw new RetakeError('invalid_setting', `\`${given}\` needs the upstream to be \`provider\``, {
    hint: 'Set the option `upstream.provider`.',
  });
}

/**
 * Makes sure that a credential goes only where the user said, and not where the file of a stranger's checkout says.
 * @throws RetakeError `invalid_setting`
 */
function requireTrust({sources, isFileTrusted}: Config, name: string): void {
  const source = sources.get(name);
  if (source?.kind !== 'file' || isFileTrusted) return;
  throw new RetakeError(
    'invalid_setting',
    `Your credential would be sent to the server that \`${name}\` names, and only ${source.path} names it`,
    {
      hint: `If the server is the right one, run \`retake trust\` once, or set the option \`${name}\` or its variable.`,
    },
  );
}

/** The programs of a configuration that its file names: a sentence about each, for before it is run. */
export function programsOfFile(config: Config): readonly string[] {
  if (config.upstream !== undefined) return [];
  return (['llamaServer', 'python'] as const).flatMap(name => {
    const source = config.sources.get(name);
    return source?.kind === 'file' ? [`${source.path} sets \`${name}\`: retake runs ${config[name]}`] : [];
  });
}

/** The document settings that suit the upstream of a configuration. */
export function preferredDocuments(config: Config): Partial<DocumentSettings> {
  return config.upstream === undefined ? documentsFor(managedOptions(config)) : {};
}

/** The document settings that suit a local model: one that cannot see images gets the text of pages. */
export function documentsFor(options: ManagedUpstreamOptions): Partial<DocumentSettings> {
  return omitUndefined({pages: describeModel(options).pages});
}

/** The options of the managed upstream; of a configuration also if it names another server. */
export function managedOptions({
  model,
  mmproj,
  modelUrl,
  modelSha256 = '',
  mmprojUrl,
  mmprojSha256,
  llamaServer,
  python,
  cacheDir,
  searchPath,
  engine,
}: LocalModelOptions & {readonly cacheDir: string; readonly searchPath: string}): ManagedUpstreamOptions {
  return omitUndefined({
    model: model ?? (modelUrl === undefined ? 'gemma3-4b' : 'custom'),
    mmproj,
    customModel:
      modelUrl === undefined
        ? undefined
        : omitUndefined({url: modelUrl, sha256: modelSha256, mmprojUrl, mmprojSha256}),
    cacheFolder: cacheDir,
    path: searchPath,
    llamaServerBinary: llamaServer,
    python,
    tuning: {...defaultTuning, ...engine},
  });
}
