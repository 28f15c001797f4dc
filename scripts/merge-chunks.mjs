import {resolve} from 'node:path';
import {rollup} from 'rollup';

/**
 * Joins the chunks that an import of the library loads at once: each takes about a millisecond to find, read and link, and esbuild makes one
 * for every set of entry points that share something.
 * @param outputs of esbuild's metafile
 * @param group `{name, needs}`: what this entry point (a path of a source) imports becomes one chunk of that name
 * @param banner the code in front of each chunk that makes its `require`
 */
export async function mergeChunks({outputs, group, entryPoints, external, banner, folder}) {
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
  const shared = [...importedBy(outputs, group.needs)].filter(path => !outputs[path].entryPoint);
  const joined = new Set([requireId, ...shared.map(path => resolve(path))]);
  await bundle.write({
    dir: folder,
    format: 'es',
    compact: true,
    manualChunks: id => (joined.has(id) ? group.name : undefined),
    onlyExplicitManualChunks: true,
    entryFileNames: '[name].js',
    // Without a hash: Node's compile cache has one entry for each name.
    chunkFileNames: ({name}) => `${name.replace(/-[A-Z0-9]{8}$/, '')}.js`,
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
