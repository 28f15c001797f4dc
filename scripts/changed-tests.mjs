import {execFileSync} from 'node:child_process';
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {dirname, join, relative, resolve, sep} from 'node:path';

/** Files that can change the outcome of any test. */
const affectsAll = /^(package(-lock)?\.json|tsconfig\.json|\.npmrc|ava\.config\.js|scripts\/.*)$/;

/**
 * The tests that a change can affect: those that import a changed module, directly or not, or that name a changed file or its folder. Tests of
 * the command line start the bundle, so they depend on every module in it.
 * @returns `{base, all}` with the file that affects all tests, or `{base, tests, unknown}`: each test with the changed file that is the reason,
 * and the changed files that no test depends on
 */
export function changedTests(root, revision) {
  const base = revision === undefined ? mergeBase(root) : commitOf(root, revision);
  const changed = changedFiles(root, base);
  const all = changed.find(file => affectsAll.test(file));
  if (all !== undefined) return {base, all};
  const dependencies = createGraph(root);
  const tests = [];
  const known = new Set();
  for (const test of modulesIn(join(root, 'dist', 'test')).filter(file => file.endsWith('.test.js'))) {
    const used = dependencies(test);
    const causes = changed.filter(file => used.some(path => isWithin(file, path)) || isAboutDocs(test, file));
    for (const file of causes) known.add(file);
    if (causes.length > 0)
      tests.push({file: relative(root, test), because: causes[0], causes: causes.length});
  }
  return {base, tests, unknown: changed.filter(file => !known.has(file))};
}

/** What was chosen and why, for a person. */
export function describeChanged({base, all, tests, unknown}) {
  const since = `Changed since ${base.slice(0, 10)}`;
  if (all !== undefined) return `${since}: every test, because ${all} changed.\n`;
  const lines = tests.map(({file, because, causes}) => {
    const others = causes > 1 ? ` and ${causes - 1} more` : '';
    return `  ${file}: ${because}${others}\n`;
  });
  const untested = unknown.length > 0 ? `No test depends on ${unknown.join(', ')}.\n` : '';
  return `${since}: ${tests.length} test ${tests.length === 1 ? 'file' : 'files'}.\n${lines.join('')}${untested}`;
}

/** Where the branch left main; the last commit if there is no main. */
function mergeBase(root) {
  for (const main of ['main', 'origin/main']) {
    try {
      return git(root, 'merge-base', main, 'HEAD').trim();
    } catch {
      // No such branch here: the next one.
    }
  }
  return commitOf(root, 'HEAD');
}

function commitOf(root, revision) {
  try {
    return git(root, 'rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`).trim();
  } catch {
    throw new Error(`\`--changed\` expected a git revision, got ${JSON.stringify(revision)}`);
  }
}

/** The files that differ between a commit and the working tree, those that git does not know yet included. A renamed file is there twice. */
function changedFiles(root, base) {
  const tracked = git(root, 'diff', '--name-only', '--no-renames', '-z', base);
  const untracked = git(root, 'ls-files', '--others', '--exclude-standard', '-z');
  return [...new Set(`${tracked}${untracked}`.split('\0').filter(file => file !== ''))].sort();
}

function git(cwd, ...command) {
  return execFileSync('git', command, {cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']});
}

/** A function that lists what a built module depends on, directly or not: paths of sources, other files and folders below the root. */
function createGraph(root) {
  const direct = new Map();
  const edgesOf = module => {
    if (!direct.has(module)) direct.set(module, readEdges(root, module));
    return direct.get(module);
  };
  return test => {
    const found = new Set();
    const open = [test];
    while (open.length > 0) {
      const path = open.pop();
      if (found.has(path)) continue;
      found.add(path);
      if (path.endsWith('.js') && path.startsWith(join(root, 'dist') + sep)) open.push(...edgesOf(path));
    }
    return [...found].map(path => sourceOf(relative(root, path).split(sep).join('/')));
  };
}

/** `dist/src/a.js` is built from `src/a.ts`. */
function sourceOf(path) {
  return path.replace(/^dist\/((?:src|cli|test|bench)\/.+)\.js$/, '$1.ts');
}

/** Every string in a module that is the path of a file, as an import, as a program to start or as a file to read. */
function readEdges(root, module) {
  const text = readFileSync(module, 'utf8');
  const edges = [];
  for (const [, , written] of text.matchAll(/(['"`])((?:(?!\1)[^\\\n])+)\1/g)) {
    if (!/^[\w.@/-]+$/.test(written)) continue;
    const path = written.startsWith('.') ? resolve(dirname(module), written) : resolve(root, written);
    if (path === root || !path.startsWith(root + sep) || !existsSync(path)) continue;
    edges.push(...startedBy(root, path));
  }
  return edges;
}

/** What a path stands for: a bundle is built from the modules of its entry point. */
function startedBy(root, path) {
  const built = relative(join(root, 'dist'), path).split(sep)[0];
  if (built === 'bin')
    return ['start.js', 'main.js']
      .map(file => join(root, 'dist', 'cli', file))
      .filter(file => existsSync(file));
  if (built === 'lib')
    return [join(root, 'dist', 'src', 'index.js'), ...modulesIn(join(root, 'dist', 'src', 'kits'))];
  return [path];
}

function modulesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, {recursive: true})
    .filter(name => name.endsWith('.js'))
    .map(name => join(folder, name))
    .filter(file => statSync(file).isFile())
    .sort();
}

/** Whether a changed file is this path, or in this folder. A folder with all modules is only named where a test reads all of them. */
function isWithin(file, path) {
  return file === path || file.startsWith(`${path}/`);
}

/** The tests of the documentation read pages by names that are made at run time. */
function isAboutDocs(test, file) {
  return file.endsWith('.md') && /[\\/]test[\\/](docs[\\/].*|readme\.test\.js$)/.test(test);
}
