import {readdirSync, readFileSync} from 'node:fs';
import {dirname, join, relative, resolve} from 'node:path';
import test from 'ava';

/** What each layer may import besides itself and `errors.ts`: the arrows of docs/architecture.md. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  chat: [],
  files: [],
  git: [],
  github: [],
  cassette: ['chat', 'files'],
  documents: ['chat', 'files'],
  media: ['chat', 'files'],
  content: ['chat', 'cassette', 'documents', 'media'],
  upstream: ['chat', 'files', 'http'],
  dialects: ['chat', 'http'],
  http: ['chat', 'cassette', 'dialects'],
  report: ['cassette', 'chat'],
};

const sources = readdirSync('src', {recursive: true, encoding: 'utf8'}).filter(name => name.endsWith('.ts'));
const commands = readdirSync('cli', {recursive: true, encoding: 'utf8'}).filter(name => name.endsWith('.ts'));

test('the arrows between layers point the way of the architecture', t => {
  const violations = sources.flatMap(file =>
    importsOf(join('src', file))
      .filter(target => !isAllowed(layerOf(file), layerOf(relative('src', target))))
      .map(target => `${file} imports ${target}`),
  );
  t.deepEqual(violations, []);
});

test('the command line uses the public interface and nothing deeper', t => {
  const violations = commands.flatMap(file =>
    importsOf(join('cli', file))
      .filter(target => target.startsWith('src/') && target !== 'src/index.ts')
      .map(target => `${file} imports ${target}`),
  );
  t.deepEqual(violations, []);
});

test('no dialect imports another', t => {
  const violations = sources
    .filter(file => /^dialects\/[^/]+\//.test(file))
    .flatMap(file => {
      const folder = file.split('/').slice(0, 2).join('/');
      return importsOf(join('src', file))
        .map(target => relative('src', target))
        .filter(target => /^dialects\/[^/]+\//.test(target) && !target.startsWith(`${folder}/`))
        .map(target => `${file} imports ${target}`);
    });
  t.deepEqual(violations, []);
});

test('there are no import cycles', t => {
  const graph = new Map(
    [...sources.map(file => join('src', file)), ...commands.map(file => join('cli', file))].map(file => [
      file,
      importsOf(file),
    ]),
  );
  t.deepEqual(findCycle(graph), undefined);
});

test('the core reads no clock, no randomness and no environment', t => {
  const core = sources.filter(file => /^(chat|dialects|cassette\/[^/]*\.ts)/.test(file));
  const violations = core.filter(file =>
    /\bDate\.now\(|\bMath\.random\(|\brandomUUID\(|\bprocess\.env\b|\bnew Date\(\)/.test(
      readFileSync(join('src', file), 'utf8'),
    ),
  );
  t.deepEqual(violations, []);
});

function importsOf(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']*)\.js'/g)].map(([, path = '']) =>
    relative('.', resolve(dirname(file), `${path}.ts`)),
  );
}

/** The first folder, or the file's own name at the top of `src`, where the composition root and the public face stand. */
function layerOf(file: string): string {
  const [first = ''] = file.split('/');
  return first.replace(/\.ts$/, '');
}

function isAllowed(from: string, to: string): boolean {
  const allowed = arrows[from];
  return allowed === undefined || to === from || to === 'errors' || allowed.includes(to);
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
