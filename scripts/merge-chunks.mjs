import {resolve} from 'node:path';
import {rollup} from 'rollup';

/**
 * Joins the chunks that frequent commands load at their start: each takes about a millisecond to find, read and link, and esbuild makes one
 * for every set of entry points that share something.
 * @param outputs of esbuild's metafile
 * @param groups `{name, needs}`: what every one of these entry points (paths of sources) imports becomes one chunk, except what is in an
 * earlier group
 * @param banner the code in front of each chunk that makes its `require`
 */
export async function mergeChunks({outputs, groups, entryPoints, external, banner, folder}) {
  const bundle = await rollup({
    input: entryPoints,
    external: id => external.includes(id) || id.startsWith('node:'),
    treeshake: false,
    plugins: [shareRequire(banner)],
    onwarn({code, message}) {
      // Minified chunks import whole lists.
      if (code !== 'UNUSED_EXTERNAL_IMPORT') throw new Error(message);
    },
  });
  const groupOf = assignGroups(outputs, groups);
  groupOf.set(requireId, groups[0].name);
  await bundle.write({
    dir: folder,
    format: 'es',
    compact: true,
    manualChunks: id => groupOf.get(id),
    onlyExplicitManualChunks: true,
    entryFileNames: '[name].js',
    // Without a hash: Node's compile cache has one entry for each name.
    chunkFileNames: ({name}) => `bin/${name.replace(/-[A-Z0-9]{8}$/, '')}.js`,
  });
  await bundle.close();
}

const requireId = '\0require';

/** Gives all chunks of a file one `require`: with one for each, as esbuild's banner makes them, a start made a hundred. */
function shareRequire(banner) {
  return {
    name: 'share-require',
    resolveId: source => (source === requireId ? source : null),
    load: id =>
      id === requireId
        ? "import {createRequire} from 'node:module';\nexport const require = createRequire(import.meta.url);"
        : null,
    transform: code =>
      code.includes(banner)
        ? code.replace(banner, `import {require} from ${JSON.stringify(requireId)};`)
        : null,
  };
}

/** The group of each chunk, by its path. Entry points stay on their own. */
function assignGroups(outputs, groups) {
  const groupOf = new Map();
  for (const {name, needs} of groups) {
    const [first, ...others] = needs.map(source => importedBy(outputs, source));
    for (const path of first) {
      const isShared = others.every(imported => imported.has(path)) && !outputs[path].entryPoint;
      if (isShared && !groupOf.has(resolve(path))) groupOf.set(resolve(path), name);
    }
  }
  return groupOf;
}

/** The chunks that the chunk of an entry point imports before it runs, directly or not. */
function importedBy(outputs, source) {
  const found = new Set();
  const open = Object.keys(outputs).filter(path => outputs[path].entryPoint === source);
  if (open.length !== 1) throw new Error(`Expected one chunk of ${source}, got ${open.length}`);
  while (open.length > 0) {
    const path = open.pop();
    if (found.has(path)) continue;
    found.add(path);
    for (const {path: imported, kind} of outputs[path].imports)
      if (kind === 'import-statement' && imported in outputs) open.push(imported);
  }
  return found;
}
