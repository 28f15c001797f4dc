import {rollup} from 'rollup';
import {dts} from 'rollup-plugin-dts';

/** Writes the types of the library as one file that needs no other package but Node's types. Returns the names of the packages in it. */
export async function bundleTypes(input, output) {
  const bundle = await rollup({
    input,
    plugins: [dts({includeExternal: ['@sinclair/typebox', 'sharp']})],
    external: /^node:/,
    onwarn(warning) {
      throw new Error(`The types cannot be bundled: ${warning.message}`);
    },
  });
  const {output: chunks} = await bundle.write({file: output, format: 'es'});
  await bundle.close();
  return chunks.flatMap(({moduleIds}) => moduleIds);
}
