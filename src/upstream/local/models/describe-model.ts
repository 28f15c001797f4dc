import {basename, resolve} from 'node:path';
import {RetakeError} from '../../../errors.js';
import {
  type CatalogueName,
  type CustomModel,
  catalogueNames,
  type FetchedFile,
  type ModelDescription,
  type ModelFile,
  modelCatalogue,
} from './model-catalogue.js';

export type ModelChoice = {
  /** A name in the catalogue, `custom`, or the path of a GGUF file. */
  readonly model: string;
  /** The path of a projector, instead of the model's own. */
  readonly mmproj?: string | undefined;
  /** The model that `custom` stands for. */
  readonly customModel?: CustomModel | undefined;
};

/**
 * Describes the chosen model.
 * @throws RetakeError `invalid_setting` if there is no such model
 */
export function describeModel(choice: ModelChoice): ModelDescription {
  const model = chosenModel(choice);
  if (choice.mmproj === undefined) return model;
  // With a projector the model has vision, so pages are sent as images.
  return {...model, pages: undefined, projector: localFile(choice.mmproj)};
}

/** The catalogue entry of weights with this digest: a copy of a model needs the same template. */
export function recogniseWeights(sha256: string): ModelDescription | undefined {
  return Object.values<ModelDescription>(modelCatalogue).find(
    ({weights}) => weights.kind === 'fetched' && weights.sha256 === sha256,
  );
}

function chosenModel({model, customModel}: ModelChoice): ModelDescription {
  if (isCatalogueName(model)) return modelCatalogue[model];
  if (model === 'custom') return describeCustom(customModel);
  if (/[/\\]|\.gguf$/i.test(model))
    return {name: basename(model), weights: localFile(model), reversePrompts: []};
  throw new RetakeError(
    'invalid_setting',
    `There is no model \`${model}\`: expected ${catalogueNames.join(', ')}, custom, or the path of a GGUF file`,
    {hint: 'Set the option `upstream.model` to one of these.'},
  );
}

function isCatalogueName(name: string): name is CatalogueName {
  return Object.hasOwn(modelCatalogue, name);
}

function localFile(path: string): ModelFile {
  return {kind: 'local', path: resolve(path)};
}

function describeCustom(custom: CustomModel | undefined): ModelDescription {
  if (custom === undefined)
    throw new RetakeError(
      'invalid_setting',
      'The model `custom` needs the option `upstream.modelUrl` and the option `upstream.modelSha256`.',
      {
        hint: 'Set both: the address of a GGUF file and its sha-256.',
      },
    );
  const weights = customFile('model', custom.url, custom.sha256);
  const {mmprojUrl, mmprojSha256} = custom;
  const known = recogniseWeights(weights.sha256);
  return {
    name: 'custom',
    weights,
    chatTemplate: known?.chatTemplate,
    reversePrompts: known?.reversePrompts ?? [],
    repeatsCalls: known?.repeatsCalls,
    temperature: known?.temperature,
    contextLength: known?.contextLength,
    pages: mmprojUrl === undefined ? known?.pages : undefined,
    projector: mmprojUrl === undefined ? undefined : customFile('mmproj', mmprojUrl, mmprojSha256),
  };
}

function customFile(name: 'model' | 'mmproj', url: string, sha256: string | undefined): FetchedFile {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new RetakeError(
      'invalid_setting',
      `Expected the option \`upstream.${name}Url\` to be an http(s) address, got \`${url}\``,
    );
  if (sha256 === undefined || !/^[0-9a-f]{64}$/i.test(sha256))
    throw new RetakeError(
      'invalid_setting',
      `Expected the option \`upstream.${name}Sha256\` to be the 64 hexadecimal digits of the file's sha-256, got ${!sha256 ? 'nothing' : `\`${sha256}\``}`,
      {
        hint: 'Model publishers show it beside the file; `sha256sum file.gguf` prints it for a copy that you trust.',
      },
    );
  const fileName =
    decodeURIComponent(basename(new URL(url).pathname)).replace(/[^\w.-]/g, '_') || 'model.gguf';
  return {kind: 'fetched', fileName, sha256: sha256.toLowerCase(), source: {kind: 'url', url}};
}
