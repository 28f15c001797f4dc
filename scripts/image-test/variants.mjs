import assert from 'node:assert/strict';
import {appendFile, cp, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {check, report} from './check.mjs';

export const tags = {
  base: 'localhost/base:1',
  live: 'localhost/retake:live',
  proxy: 'localhost/retake:proxy',
  replay: 'localhost/retake:replay',
};

/** Builds the variants in a folder, the live one with a model served by `modelServer`. */
export async function buildVariants(store, context, modelServer, sha256) {
  const buildArguments = {
    NODE_IMAGE: tags.base,
    MODEL: 'custom',
    MODEL_URL: modelServer.url,
    MODEL_SHA256: sha256,
  };
  await copyContext(context);
  await check(
    'the live variant is built, and its model is downloaded as given by the build arguments',
    async () => {
      await store.build(tags.live, {context, buildArguments});
      assert.equal(modelServer.asked(), 1);
    },
  );
  for (const variant of ['proxy', 'replay'])
    await check(`the ${variant} variant is built from the same file`, () =>
      store.build(tags[variant], {context, buildArguments: {...buildArguments, VARIANT: variant}}),
    );

  const title = 'other sources are a new top layer: nothing is fetched again';
  if (!store.keepsLayers) return report('skipped', `${title} (this machine has no overlays)`);
  return check(title, async () => {
    const {id} = await store.describe(tags.live);
    await appendFile(join(context, 'cli/main.ts'), "\nprocess.env['NODE_ENV'] ??= 'production';\n");
    await store.build(tags.live, {context, buildArguments});
    assert.notEqual((await store.describe(tags.live)).id, id);
    assert.equal(modelServer.asked(), 1);
  });
}

/** The files that .dockerignore lets through, in a folder where they can be changed. */
async function copyContext(context) {
  const lines = (await readFile('.dockerignore', 'utf8')).split('\n');
  const paths = lines.filter(line => line.startsWith('!')).map(line => line.slice(1));
  for (const path of [...paths, '.dockerignore', 'Dockerfile']) {
    await cp(path, join(context, path), {recursive: true, preserveTimestamps: true});
  }
}
