import {Help, Option} from 'commander';
import {type Verdict as ChangeVerdict, verdictCatalogue} from '../../src/cassette/compare/change-verdict.js';
import type {TokenTolerance} from '../../src/cassette/compare/compare-usage.js';
import type {CassetteKey} from '../../src/cassette/key/key.js';
import {wantsStackTraces} from '../../src/config/load-config.js';
import {RetakeError} from '../../src/errors.js';
import type {AskedKeys} from '../../src/operations/diff-cassettes.js';
import {defaultFailOn} from '../../src/report/render-diff.js';
import {exitCodes} from '../output/exit-codes.js';
import {printError} from '../output/print-error.js';
import {readRunReport} from '../output/run-report.js';
import type {Invocation} from './invocation.js';

const verdicts = Object.keys(verdictCatalogue) as readonly ChangeVerdict[];

const help = Object.assign(new Help(), {helpWidth: 80});

/** Every verdict with its meaning, for the help of a command. */
export const verdictsHelp = `Verdicts, worst first:
${Object.entries(verdictCatalogue)
  .map(([verdict, meaning]) => help.formatItem(verdict, 'tool-call'.length, meaning, help))
  .join('\n')}`;

export function failOnOption(): Option {
  return new Option(
    '--fail-on <verdicts>',
    'Verdicts that exit with 1, separated by commas; or all, none',
  ).default(defaultFailOn.join(','));
}

export function tokensOption(): Option {
  return new Option(
    '--tokens <percent>',
    'Largest token usage change to ignore; 20 tokens are ignored, too',
  ).default('20');
}

/** One file each time, so that paths can follow. */
export function reportOption(): Option {
  return new Option(
    '--report <file>',
    'Report of `retake run --report`: pairs by what was asked (repeatable)',
  ).argParser((file: string, others: readonly string[] = []) => [...others, file]);
}

/** The exit code of a comparison. 1 means a difference, so an error is printed and is 2. */
export async function withErrorExit(
  {environment}: Invocation,
  compare: () => Promise<number>,
): Promise<number> {
  try {
    return await compare();
  } catch (error) {
    printError(error, {withStack: wantsStackTraces(environment)});
    return exitCodes.usage;
  }
}

/** @throws RetakeError `invalid_setting` */
export function readVerdicts(text: string): readonly ChangeVerdict[] {
  if (text === 'all') return verdicts;
  if (text === 'none') return [];
  return text.split(',').map(word => {
    const verdict = verdicts.find(name => name === word.trim());
    if (verdict) return verdict;
    throw new RetakeError('invalid_setting', `Expected verdicts in --fail-on, got \`${word}\``, {
      hint: `Verdicts: ${verdicts.join(', ')}; or all, or none.`,
    });
  });
}

/** @throws RetakeError `invalid_setting` */
export function readTolerance(text: string): TokenTolerance {
  const percent = Number(text.replace(/%$/, ''));
  if (text.trim() !== '' && percent >= 0) return {share: percent / 100, least: leastTokens};
  throw new RetakeError('invalid_setting', `Expected --tokens to be a percentage, got \`${text}\``, {
    hint: 'For instance: --tokens 50',
  });
}

/**
 * The keys that the runs of these reports asked; undefined without a report.
 * @throws RetakeError `invalid_setting`
 */
export function readAskedKeys(
  files: readonly string[] | undefined,
  directory: string,
): AskedKeys | undefined {
  if (!files) return undefined;
  const asked = new Map<string, Set<CassetteKey>>();
  const keysOf = (cassette: string) => {
    const keys = asked.get(cassette) ?? new Set();
    asked.set(cassette, keys);
    return keys;
  };
  for (const file of files) {
    const {used, unused, misses} = readRunReport(file, directory);
    for (const {cassette} of unused) keysOf(cassette);
    for (const {cassette, key} of [...used, ...misses]) keysOf(cassette).add(key as CassetteKey);
  }
  return asked;
}

/** Short answers vary by a few tokens. */
const leastTokens = 20;
