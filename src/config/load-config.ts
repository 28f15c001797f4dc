import {dirname, resolve} from 'node:path';
import type {KeySettings} from '../cassette/key/key-settings.js';
import type {Mode} from '../cassette/modes.js';
import {concealPassword, isStoreAddress} from '../cassette/postgres/store-address.js';
import {omitUndefined} from '../chat/omit-undefined.js';
import {RetakeError} from '../errors.js';
import {cacheFolder} from '../files/cache-folder.js';
import {checkSetting} from './check-setting.js';
import {findConfigFile, readConfigFile} from './config-file.js';
import {isContinuousIntegration} from './continuous-integration.js';
import {type Flags, readFlags} from './read-flags.js';
import {type Environment, readVariables, unknownVariables} from './read-variables.js';
import {type Setting, settingList} from './setting-list.js';
import {describeSource, type GivenSetting, type SettingSource} from './setting-source.js';
import type {Settings} from './settings.js';
import {isTrusted} from './trusted-files.js';

export type {Flags} from './read-flags.js';
export type {Environment} from './read-variables.js';

/** All resolved settings. A setting without a default may be absent. */
export type Config = Settings & {
  readonly mode: Mode;
  readonly cacheDir: string;
  /** The folders to search for programs. */
  readonly searchPath: string;
  /** The configuration file, if there is one. */
  readonly file: string | undefined;
  /** Whether `retake trust` has allowed what the file says. */
  readonly isFileTrusted: boolean;
  /** The given settings that are part of keys; the cassette stores the others. */
  readonly keySettings: Partial<KeySettings>;
  /** The source of each setting that is not at its default. */
  readonly sources: ReadonlyMap<string, SettingSource>;
  /** Sentences about what was given and has no meaning, such as a misspelled variable. */
  readonly warnings: readonly string[];
};

export type ConfigInput = {
  readonly flags: Flags;
  readonly environment: Environment;
  /** The working directory: the search for the file starts here, and paths of flags and variables are relative to it. */
  readonly directory: string;
  /** `--config`: the file to read instead. */
  readonly file?: string | undefined;
};

/**
 * All settings: defaults < retake.config.json < environment < flags.
 * @throws RetakeError `invalid_setting` for the first one that is unknown, has the wrong type, or contradicts another.
 */
export function loadConfig({flags, environment, directory, file}: ConfigInput): Config {
  const named = file ?? (environment['RETAKE_CONFIG'] || undefined);
  const path = named === undefined ? findConfigFile(directory) : resolve(directory, named);
  const variables = readVariables(environment);
  const layers = [path === undefined ? [] : readConfigFile(path), variables, readFlags(flags)];
  for (const layer of layers) {
    layer.forEach(checkSetting);
    // A container image can set a model in the environment, and its user an upstream.
    if (layer !== variables) refuseTwoUpstreams(layer);
  }
  const given = new Map(
    preferNearestUpstream(layers)
      .flat()
      .map(one => [one.setting.name, one]),
  );
  const home = path === undefined ? directory : dirname(path);
  const folderOf = (source: SettingSource | undefined) =>
    source === undefined || source.kind === 'file' ? home : directory;

  const settings = assemble(setting => {
    const one = given.get(setting.name);
    return resolvePath(setting, one ? one.value : setting.schema.default, folderOf(one?.source));
  });
  const {forwardModel, ignore, redact, pages, pageSize, maxPages} = settings;
  return {
    ...settings,
    mode: settings.mode ?? (isContinuousIntegration(environment) ? 'replay' : 'auto'),
    cacheDir: settings.cacheDir ?? cacheFolder(environment),
    searchPath: environment['PATH'] ?? '',
    file: path,
    isFileTrusted: path !== undefined && isTrusted(path, environment),
    keySettings: omitUndefined({forwardModel, ignore, redact, pages, pageSize, maxPages}),
    sources: new Map([...given].map(([name, {source}]) => [name, source])),
    warnings: unknownVariables(environment),
  };
}

/** Whether to print errors with their stacks. */
export function wantsStackTraces({RETAKE_DEBUG}: Environment): boolean {
  return RETAKE_DEBUG !== undefined && !['', 'false', '0'].includes(RETAKE_DEBUG.toLowerCase());
}

/** The variables that GitHub Actions sets for a step; empty ones count as absent. */
export type GithubActions = {
  readonly summaryFile: string | undefined;
  readonly outputFile: string | undefined;
  readonly eventFile: string | undefined;
  readonly apiUrl: string;
  /** `owner/name` */
  readonly repository: string | undefined;
  readonly token: string | undefined;
};

/** @returns undefined outside GitHub Actions */
export function githubActions(environment: Environment): GithubActions | undefined {
  const {GITHUB_ACTIONS, GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_TOKEN} = environment;
  const {GITHUB_STEP_SUMMARY, GITHUB_OUTPUT, GITHUB_EVENT_PATH} = environment;
  if (GITHUB_ACTIONS !== 'true') return undefined;
  return {
    summaryFile: GITHUB_STEP_SUMMARY || undefined,
    outputFile: GITHUB_OUTPUT || undefined,
    eventFile: GITHUB_EVENT_PATH || undefined,
    apiUrl: GITHUB_API_URL || 'https://api.github.com',
    repository: GITHUB_REPOSITORY || undefined,
    token: GITHUB_TOKEN || undefined,
  };
}

const localModel = ['model', 'mmproj', 'modelUrl', 'modelSha256', 'mmprojUrl', 'mmprojSha256'];

const upstreamSettings = [
  'upstream',
  'upstreamAuthHeader',
  'upstreamGemini',
  'upstreamOpenai',
  'upstreamAnthropic',
];

function refuseTwoUpstreams(layer: readonly GivenSetting[]): void {
  const upstream = layer.find(({setting}) => setting.name === 'upstream');
  const local = layer.find(({setting}) => localModel.includes(setting.name));
  if (!upstream || !local) return;
  throw new RetakeError(
    'invalid_setting',
    `Expected \`upstream\` (${describeSource(upstream.source)}) or \`${local.setting.name}\` (${describeSource(local.source)}), got both`,
    {hint: 'A miss is answered by another server or by a local model, not by both.'},
  );
}

/** An upstream in one layer overrides a local model in the layers below, and the other way round. */
function preferNearestUpstream(layers: readonly GivenSetting[][]): readonly GivenSetting[][] {
  const names = (layer: readonly GivenSetting[]) => layer.map(({setting}) => setting.name);
  const nearest = layers.findLast(layer =>
    names(layer).some(name => name === 'upstream' || localModel.includes(name)),
  );
  if (!nearest) return layers;
  const dropped = names(nearest).includes('upstream') ? localModel : upstreamSettings;
  return layers.map(layer => layer.filter(({setting}) => !dropped.includes(setting.name)));
}

function resolvePath(setting: Setting, value: unknown, folder: string): unknown {
  const {places} = setting;
  if (places.path === undefined) return value;
  if (Array.isArray(value)) return value.map(path => resolve(folder, path));
  if (typeof value !== 'string') return value;
  if (setting.name === 'cassette' && isStoreAddress(value)) return concealPassword(value);
  const isPath = places.path === 'always' || /[/\\]|\.gguf$/i.test(value);
  return isPath ? resolve(folder, value) : value;
}

/** Builds the settings object from checked values. */
function assemble(valueFor: (setting: Setting) => unknown): Settings {
  const settings: Record<string, unknown> = {};
  for (const setting of settingList) {
    const value = valueFor(setting);
    if (value === undefined) continue;
    const [first, member] = setting.path;
    if (member === undefined) settings[first] = value;
    else settings[first] = {...(settings[first] as object | undefined), [member]: value};
  }
  return settings as Settings;
}
