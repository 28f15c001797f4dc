import {type ModelDescription, modelCatalogue} from '../../src/upstream/local/models/model-catalogue.js';
import {layOutTable} from './table.js';
import {writeJson} from './write-json.js';

/** Prints the models of the catalogue. */
export async function printModels({json}: {json: boolean}): Promise<void> {
  const models = Object.values<ModelDescription>(modelCatalogue).map(({name, weights, projector}) => ({
    name,
    size: weights.kind === 'fetched' ? weights.size : undefined,
    seesImages: projector !== undefined,
  }));
  if (json) {
    writeJson({version: 1, models});
    return;
  }
  const rows = models.map(({name, size, seesImages}) => [
    name,
    size === undefined ? '' : `${Math.round(size / 1e6)} MB`,
    seesImages ? 'text and images' : 'text',
  ]);
  process.stdout.write(
    await layOutTable([{title: 'model'}, {title: 'size', align: 'right'}, {title: 'reads'}], rows, undefined),
  );
}
