import {Option} from 'commander';
import {type Verdict as ChangeVerdict, verdictCatalogue} from '../../src/cassette/compare/change-verdict.js';
import type {TokenTolerance} from '../../src/cassette/compare/compare-usage.js';
import {wantsStackTraces} from '../../src/config/load-config.js';
import {RetakeError} from '../../src/errors.js';
import {defaultFailOn} from '../../src/report/render-diff.js';
import {exitCodes} from '../output/exit-codes.js';
import {printError} from '../output/print-error.js';
import type {Invocation} from './invocation.js';

const verdicts = Object.keys(verdictCatalogue) as readonly ChangeVerdict[];

/** Every verdict with its meaning, for the help of a command. */
export const verdictsHelp = `Verdicts, the worst first:
${Object.entries(verdictCatalogue)
  .map(([verdict, meaning]) => `  ${verdict.padEnd(10)} ${meaning}`)
  .join('\n')}`;

export function failOnOption(): Option {
  return new Option(
    '--fail-on <verdicts>',
    'Verdicts that make the exit code 1, separated by commas, or all, or none',
  ).default(defaultFailOn.join(','));
}

export function tokensOption(): Option {
  return new Option(
    '--tokens <percent>',
    'How much the usage may change before it counts (and by more than 20 tokens)',
  ).default('20');
}

/** The exit code of a comparison: 1 says that something differs, so whatever goes wrong is told and is 2. */
export async function orTold({environment}: Invocation, compare: () => Promise<number>): Promise<number> {
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
      hint: `There are ${verdicts.join(', ')}; or all, or none.`,
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

/** Short answers vary by a few tokens whatever the percentage. */
const leastTokens = 20;
