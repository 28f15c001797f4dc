import {readFileSync} from 'node:fs';
import {join} from 'node:path';

/**
 * An esbuild plugin. The command line imports from src/index.ts alone, and esbuild would put everything that the index exports into the
 * one chunk that every command loads. So each import is led past the index to the module that the export comes from.
 */
export function pastTheIndex(root) {
  const sources = readExports(join(root, 'src/index.ts'));
  return {
    name: 'past-the-index',
    setup(build) {
      build.onLoad({filter: /[\\/]cli[\\/][^\\/]+\.ts$/}, ({path}) => ({
        loader: 'ts',
        contents: readFileSync(path, 'utf8').replaceAll(
          /^import (type )?\{([^}]*)\} from '\.\.\/src\/index\.js';$/gm,
          (_statement, isType, names) => (isType ? '' : importDirectly(valueNames(names), sources)),
        ),
      }));
    },
  };
}

/** Where each value that the index exports comes from, and its name there. */
function readExports(index) {
  const statements = readFileSync(index, 'utf8').matchAll(/^export \{([^}]*)\} from '\.\/([^']+)';$/gm);
  return new Map(
    [...statements].flatMap(([, names, module]) =>
      valueNames(names).map(name => {
        const [inner, outer = inner] = name.split(' as ');
        return [outer, {inner, module}];
      }),
    ),
  );
}

function valueNames(names) {
  return names
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '' && !name.startsWith('type '));
}

function importDirectly(names, sources) {
  return names
    .map(name => {
      const source = sources.get(name);
      if (!source) throw new Error(`src/index.ts does not export ${name}`);
      return `import {${source.inner} as ${name}} from '../src/${source.module}';`;
    })
    .join(' ');
}
