import type {DocumentSettings} from '../cassette/key/key-settings.js';
import {omitUndefined} from '../chat/omit-undefined.js';
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
  if (upstream === undefined) return {kind: 'managed', ...managedOptions(config)};
  return omitUndefined({kind: 'external' as const, url: upstream, authorization: upstreamAuthHeader});
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
