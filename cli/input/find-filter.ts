import {existsSync, statSync} from 'node:fs';
import {basename, resolve} from 'node:path';

/**
 * The word of a test command that selects a part of the tests, so that what the run did not ask may still be asked by the rest. Looks at
 * options of common test runners, and at test files after the runner's name; it would rather find one too many.
 */
export function findFilter(words: readonly string[], directory: string): string | undefined {
  const all = words.flatMap(word => (/\s/.test(word) ? word.split(/\s+/) : [word]));
  const option = all.find((word, index) => isFilterOption(word, all[index - 1]));
  if (option !== undefined) return option;
  const runner = all.findLastIndex(word =>
    runners.has(basename(word).replace(/\.(js|mjs|cjs|cmd|exe)$/, '')),
  );
  const rest = runner === -1 ? [] : all.slice(runner + 1);
  return all.find(word => word.includes('::')) ?? rest.find(word => isFile(word, directory));
}

const runners = new Set([
  ...['vitest', 'jest', 'ava', 'mocha', 'jasmine', 'tap', 'playwright', 'cypress'],
  ...['pytest', 'py.test', 'unittest', 'rspec', 'phpunit', 'test', '--test'],
]);

const filterOptions = new Set([
  ...['-t', '--testNamePattern', '--test-name-pattern', '--test-skip-pattern', '--testPathPattern'],
  ...['--testPathPatterns', '--testPathIgnorePatterns', '--grep', '-g', '--grep-invert', '--match', '--only'],
  ...['--onlyChanged', '--changed', '--changedSince', '--related', '--findRelatedTests', '--onlyFailures'],
  ...['--shard', '--filter', '--project', '--selectProjects', '--exclude', '--test-only', '--last-failed'],
  ...['-k', '--lf', '--sw', '--stepwise', '--deselect', '--ignore', '-run', '-skip', '--tests', '-Dtest'],
]);

function isFilterOption(word: string, previous: string | undefined): boolean {
  const [name = ''] = word.split('=');
  if (filterOptions.has(name)) return true;
  // `python -m pytest` runs a module; `pytest -m slow` and `ava -m name` select tests.
  return name === '-m' && previous !== undefined && !/^(.*[/\\])?python[\d.]*(\.exe)?$/.test(previous);
}

function isFile(word: string, directory: string): boolean {
  if (word.startsWith('-')) return false;
  const path = resolve(directory, word);
  return existsSync(path) && statSync(path).isFile();
}
