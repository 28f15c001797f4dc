import {stat} from 'node:fs/promises';
import {RetakeError} from '../../../errors.js';
import {engineAsset} from '../engine/assets.js';
import type {ReadyModel} from '../engine/engine-arguments.js';
import {recogniseWeights} from '../models/describe-model.js';
import {
  type LocalFile,
  type ModelDescription,
  type ModelFile,
  modelCatalogue,
} from '../models/model-catalogue.js';
import {fileDigest} from './digest.js';
import {installedFile, installFile} from './install-file.js';
import type {InstallFileOptions} from './install-file-options.js';

/**
 * The model with the paths of its files, if all of them are on this machine.
 * @throws RetakeError `invalid_setting` if a file that the user named does not exist
 */
export async function installedModel(
  model: ModelDescription,
  cacheFolder: string,
): Promise<ReadyModel | undefined> {
  const pathOf = (file: ModelFile) =>
    file.kind === 'local' ? existingFile(file) : installedFile(file, cacheFolder);
  const weights = await pathOf(model.weights);
  const projector = model.projector && (await pathOf(model.projector));
  if (weights === undefined || (model.projector && projector === undefined)) return undefined;
  return readyModel(model, weights, projector);
}

/**
 * Downloads the missing files of a model. The caller holds the set-up lock.
 * @throws RetakeError `setup_failed`
 */
export async function installModel(
  model: ModelDescription,
  options: Omit<InstallFileOptions, 'what'>,
): Promise<ReadyModel> {
  const install = async (file: ModelFile, what: string) =>
    file.kind === 'local'
      ? existingFile(file)
      : ((await installedFile(file, options.cacheFolder)) ?? (await installFile(file, {...options, what})));
  const weights = await install(model.weights, `model ${model.name}`);
  const projector = model.projector && (await install(model.projector, `projector of ${model.name}`));
  return readyModel(model, weights, projector);
}

async function existingFile({path}: LocalFile): Promise<string> {
  try {
    if ((await stat(path)).isFile()) return path;
  } catch (error) {
    throw noSuchFile(path, error);
  }
  throw noSuchFile(path);
}

function noSuchFile(path: string, cause?: unknown): RetakeError {
  return new RetakeError('invalid_setting', `There is no file ${path}`, {
    hint: 'Correct the path in the option `upstream.model` or the option `upstream.mmproj`.',
    cause,
  });
}

async function readyModel(
  model: ModelDescription,
  weights: string,
  projector: string | undefined,
): Promise<ReadyModel> {
  const {chatTemplate, reversePrompts, repeatsCalls, temperature, contextLength} =
    model.weights.kind === 'local' ? await recogniseCopy(model, weights) : model;
  return {
    name: model.name,
    weights,
    projector,
    chatTemplate: chatTemplate && engineAsset(chatTemplate),
    reversePrompts,
    repeatsCalls,
    temperature,
    contextLength,
  };
}

/** A user's copy of a catalogue model needs the catalogue's template. Only files of a known size are hashed. */
async function recogniseCopy(model: ModelDescription, path: string): Promise<ModelDescription> {
  const {size} = await stat(path);
  const couldBeKnown = Object.values<ModelDescription>(modelCatalogue).some(
    ({weights}) => weights.kind === 'fetched' && weights.size === size,
  );
  return (couldBeKnown ? recogniseWeights(await fileDigest(path)) : undefined) ?? model;
}
