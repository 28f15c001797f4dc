import {readdirSync, readFileSync} from 'node:fs';
import {dirname, join, relative, resolve} from 'node:path';
import test from 'ava';

/**
 * Every layer, with the layers that it imports: the arrows of docs/architecture.md. A layer is a folder with everything below it, except entries
 * of their own, or a single file. Everything may import `errors`.
 */
const arrows: Readonly<Record<string, readonly string[]>> = {
  async: [],
  chat: [],
  'cassette/take': ['chat'],
  'cassette/key': ['cassette/take', 'chat'],
  cassette: ['cassette/key', 'cassette/take', 'chat'],
  collections: [],
  'cassette/rows': ['cassette', 'cassette/key', 'cassette/take', 'chat', 'collections'],
  'cassette/compare': ['cassette', 'cassette/key', 'cassette/rows', 'cassette/take', 'chat'],
  files: [],
  media: ['chat'],
  documents: ['async', 'files', 'media'],
  attachments: [
    'async',
    'cassette',
    'cassette/compare',
    'cassette/key',
    'cassette/rows',
    'chat',
    'documents',
    'media',
  ],
  git: ['files'],
  'cassette/file': ['async', 'cassette', 'cassette/key', 'cassette/rows', 'cassette/take', 'files', 'git'],
  'cassette/json-lines': ['cassette', 'cassette/key', 'cassette/rows', 'chat'],
  'cassette/maintenance': [
    'cassette',
    'cassette/compare',
    'cassette/key',
    'cassette/rows',
    'cassette/take',
    'chat',
  ],
  'cassette/merge': ['cassette', 'cassette/key', 'cassette/rows'],
  'cassette/postgres': ['async', 'cassette', 'cassette/key', 'cassette/rows', 'chat'],
  'cassette/replay': [
    'async',
    'cassette',
    'cassette/compare',
    'cassette/key',
    'cassette/take',
    'chat',
    'collections',
  ],
  'cassette/stores': ['cassette', 'cassette/file', 'cassette/postgres', 'cassette/rows'],
  upstream: ['async', 'chat'],
  'cli/process': ['upstream'],
  faults: ['chat', 'collections'],
  'upstream/local/engine': ['async', 'chat', 'files'],
  'upstream/local/models': ['chat', 'upstream/local/engine'],
  'upstream/local/set-up': ['files', 'upstream/local/engine', 'upstream/local/models'],
  'dialects/kit/answer-decoder': ['chat'],
  dialects: ['chat', 'collections', 'dialects/kit/answer-decoder', 'faults'],
  'dialects/kit': ['chat', 'dialects', 'dialects/kit/answer-decoder'],
  'dialects/kit/completion-chunks': ['chat', 'dialects/kit'],
  grammars: ['chat'],
  'upstream/local/schemas': ['chat', 'grammars'],
  'upstream/local/shape': ['chat'],
  'upstream/local/tools': ['chat', 'grammars', 'upstream', 'upstream/local/schemas'],
  'upstream/openai-compatible': [
    'async',
    'chat',
    'dialects/kit/completion-chunks',
    'upstream',
    'upstream/local/schemas',
    'upstream/local/shape',
    'upstream/local/tools',
  ],
  'upstream/local': [
    'async',
    'chat',
    'upstream',
    'upstream/local/engine',
    'upstream/local/models',
    'upstream/local/set-up',
    'upstream/openai-compatible',
  ],
  'dialects/anthropic': ['chat', 'dialects', 'dialects/kit', 'dialects/kit/answer-decoder', 'faults'],
  'dialects/gemini': ['chat', 'dialects', 'dialects/kit', 'dialects/kit/answer-decoder', 'faults'],
  'dialects/openai': [
    'chat',
    'dialects',
    'dialects/kit',
    'dialects/kit/answer-decoder',
    'dialects/kit/completion-chunks',
    'faults',
    'grammars',
  ],
  'dialects/registry': ['dialects', 'dialects/anthropic', 'dialects/gemini', 'dialects/openai'],
  'upstream/providers': [
    'async',
    'chat',
    'dialects',
    'dialects/registry',
    'upstream',
    'upstream/openai-compatible',
  ],
  'upstream/open-upstream': [
    'upstream',
    'upstream/local',
    'upstream/openai-compatible',
    'upstream/providers',
  ],
  config: [
    'cassette',
    'cassette/key',
    'cassette/postgres',
    'chat',
    'faults',
    'files',
    'upstream/local',
    'upstream/local/engine',
    'upstream/local/models',
    'upstream/open-upstream',
  ],
  'config/option-flags': [],
  http: [
    'async',
    'cassette',
    'cassette/replay',
    'chat',
    'collections',
    'config/option-flags',
    'dialects',
    'dialects/kit/answer-decoder',
    'faults',
  ],
  version: [],
  report: [
    'cassette',
    'cassette/compare',
    'cassette/key',
    'cassette/maintenance',
    'cassette/rows',
    'chat',
    'version',
  ],
  proxy: [
    'async',
    'attachments',
    'cassette',
    'cassette/compare',
    'cassette/key',
    'cassette/postgres',
    'cassette/replay',
    'cassette/stores',
    'cassette/take',
    'chat',
    'collections',
    'config',
    'config/option-flags',
    'dialects',
    'dialects/registry',
    'documents',
    'faults',
    'files',
    'http',
    'media',
    'report',
    'upstream',
    'upstream/open-upstream',
    'version',
  ],
  operations: [
    'async',
    'attachments',
    'cassette',
    'cassette/compare',
    'cassette/file',
    'cassette/json-lines',
    'cassette/key',
    'cassette/maintenance',
    'cassette/merge',
    'cassette/postgres',
    'cassette/replay',
    'cassette/rows',
    'cassette/stores',
    'cassette/take',
    'chat',
    'config',
    'dialects',
    'dialects/registry',
    'documents',
    'files',
    'git',
    'proxy',
    'report',
    'upstream',
    'upstream/local/models',
    'upstream/local/set-up',
    'upstream/open-upstream',
    'upstream/openai-compatible',
    'upstream/providers',
  ],
  'cli/output': [
    'attachments',
    'cassette',
    'cassette/compare',
    'cassette/file',
    'cassette/key',
    'cassette/postgres',
    'cassette/take',
    'chat',
    'cli/process',
    'config',
    'config/option-flags',
    'files',
    'http',
    'media',
    'operations',
    'proxy',
    'report',
    'upstream',
    'upstream/local/models',
  ],
  'cli/input': [
    'cassette',
    'cassette/compare',
    'cassette/file',
    'cassette/key',
    'cassette/postgres',
    'cassette/stores',
    'chat',
    'cli/output',
    'config',
    'dialects',
    'dialects/registry',
    'operations',
    'proxy',
    'report',
    'upstream',
    'upstream/local/models',
    'upstream/open-upstream',
  ],
  github: [],
  'cli/commands': [
    'attachments',
    'cassette',
    'cassette/compare',
    'cassette/file',
    'cassette/key',
    'cassette/maintenance',
    'cassette/postgres',
    'cassette/rows',
    'cassette/stores',
    'cassette/take',
    'chat',
    'cli/input',
    'cli/output',
    'cli/process',
    'config',
    'config/option-flags',
    'dialects/registry',
    'git',
    'github',
    'operations',
    'proxy',
    'report',
    'upstream',
    'upstream/local/engine',
    'upstream/local/models',
    'upstream/local/set-up',
  ],
  'cli/program': ['cli/commands', 'cli/input', 'cli/output', 'config', 'version'],
  'cli/main': ['cli/program'],
  'cli/run-with-code-cache': [],
  'cli/start': ['cli/run-with-code-cache', 'files'],
  errors: [],
  library: ['cassette/file', 'operations', 'proxy', 'report'],
  index: ['cassette', 'cassette/take', 'http', 'library', 'operations', 'proxy', 'upstream'],
  kits: [],
};

/** The only files allowed in the root of `src`. */
const rootFiles = ['errors.ts', 'index.ts', 'library.ts', 'version.ts'];

const files = ['src', 'cli'].flatMap(root =>
  readdirSync(root, {recursive: true, encoding: 'utf8'})
    .filter(name => name.endsWith('.ts'))
    .map(name => join(root, name)),
);

test('every file belongs to a layer', t => {
  const strays = files.filter(file => layerOf(file) === undefined);
  t.deepEqual(strays, []);
  const inRoot = readdirSync('src', {withFileTypes: true}).filter(entry => entry.isFile());
  t.deepEqual(inRoot.map(({name}) => name).sort(), rootFiles);
});

test('every folder has a layer, and every layer has files', t => {
  const used = new Set(files.map(layerOf));
  t.deepEqual(
    Object.keys(arrows).filter(layer => !used.has(layer)),
    [],
  );
});

test('imports follow the arrows', t => {
  const violations = importedLayers()
    .filter(({from, to}) => to !== 'errors' && !arrows[from]?.includes(to))
    .map(({file, target}) => `${file} imports ${target}`);
  t.deepEqual(violations, []);
});

test('every arrow is used', t => {
  const used = new Set(importedLayers().map(({from, to}) => `${from} -> ${to}`));
  const listed = Object.entries(arrows).flatMap(([from, targets]) => targets.map(to => `${from} -> ${to}`));
  t.deepEqual(
    listed.filter(arrow => !used.has(arrow)),
    [],
  );
});

test('the arrows between layers form no cycle', t => {
  t.deepEqual(findCycle(new Map(Object.entries(arrows))), undefined);
});

test('there are no import cycles', t => {
  const graph = new Map(files.map(file => [file, importsOf(file)]));
  t.deepEqual(findCycle(graph), undefined);
});

test('the core uses no clock, no randomness and no environment', t => {
  const core = files.filter(file =>
    /^src\/(chat|dialects|cassette\/([^/]*\.ts|key|replay|compare|rows))/.test(file),
  );
  const violations = core.filter(file =>
    /\bDate\.now\(|\bMath\.random\(|\brandomUUID\(|\bprocess\.env\b|\bnew Date\(\)/.test(
      readFileSync(file, 'utf8'),
    ),
  );
  t.deepEqual(violations, []);
});

test('SQLite is the business of cassette files and of the lock alone', t => {
  const users = files.filter(file => /from 'better-sqlite3'/.test(readFileSync(file, 'utf8')));
  t.deepEqual(
    users.filter(file => !/^src\/(cassette\/file\/|files\/lock-file\.ts)/.test(file)),
    [],
  );
});

test('one file knows the PostgreSQL driver', t => {
  const users = files.filter(file => /from 'pg'/.test(readFileSync(file, 'utf8')));
  t.deepEqual(users, ['src/cassette/postgres/driver.ts']);
});

test('one file knows the client of Prometheus', t => {
  const users = files.filter(file => /from 'prom-client'/.test(readFileSync(file, 'utf8')));
  t.deepEqual(users, ['src/proxy/metrics/prometheus.ts']);
});

function importedLayers() {
  return files.flatMap(file =>
    importsOf(file).flatMap(target => {
      const [from, to] = [layerOf(file), layerOf(target)];
      return from === undefined || to === undefined || from === to ? [] : [{file, target, from, to}];
    }),
  );
}

function importsOf(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']*)\.js'/g)].map(([, path = '']) =>
    relative('.', resolve(dirname(file), `${path}.ts`)),
  );
}

/** The longest entry of the table that is the file without its extension, or a folder that contains it. */
function layerOf(file: string): string | undefined {
  const path = file.replace(/^src\//, '').replace(/\.ts$/, '');
  return Object.keys(arrows)
    .filter(layer => path === layer || path.startsWith(`${layer}/`))
    .sort((a, b) => b.length - a.length)[0];
}

function findCycle(graph: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const finished = new Set<string>();
  const visit = (file: string, trail: readonly string[]): readonly string[] | undefined => {
    if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file];
    if (finished.has(file)) return undefined;
    for (const target of graph.get(file) ?? []) {
      const cycle = visit(target, [...trail, file]);
      if (cycle) return cycle;
    }
    finished.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const cycle = visit(file, []);
    if (cycle) return cycle;
  }
  return undefined;
}
