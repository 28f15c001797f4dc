import {type ChangeVerdict, RetakeError, type TokenTolerance, verdictCatalogue} from '../src/index.js';

const verdicts = Object.keys(verdictCatalogue) as readonly ChangeVerdict[];

/** Every verdict with its meaning, for the help of a command. */
export const verdictsHelp = `Verdicts, the worst first:
${Object.entries(verdictCatalogue)
  .map(([verdict, meaning]) => `  ${verdict.padEnd(10)} ${meaning}`)
  .join('\n')}`;

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
