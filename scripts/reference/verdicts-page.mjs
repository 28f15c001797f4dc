import {exitCodes} from '../../dist/cli/output/exit-codes.js';
import {verdictCatalogue} from '../../dist/src/cassette/compare/change-verdict.js';
import {defaultFailOn} from '../../dist/src/report/render-diff.js';

/** The Markdown reference of every word with which retake sums something up. */
export function verdictsPage() {
  const changes = Object.entries(verdictCatalogue).map(
    ([verdict, meaning]) =>
      `| \`${verdict}\` | ${meaning} | ${defaultFailOn.includes(verdict) ? 'yes' : ''} |`,
  );
  return [
    '# Verdicts and exit codes',
    'retake says what happened to a request with one word, and what changed between two recordings with another. A *take* is one recorded answer.',
    '## Outcome of a request',
    'The header `x-retake` of each response has the first word. The summary of `retake run` counts the second one.',
    ['| `x-retake` | summary | meaning |', '|---|---|---|', ...outcomes].join('\n'),
    'A response without the header is an error of retake or of the upstream. The summary counts it as `failed`; `given up` counts requests whose client left and whose answer was not recorded in time, and `not sent (token limit)` those that `--max-tokens-spent` kept from a provider.',
    '## Verdicts of changes',
    '`retake diff` and `retake review` give each changed request the worst verdict that fits. `--fail-on` sets which verdicts fail; the last column has its default.',
    ['| verdict | meaning | fails |', '|---|---|---|', ...changes].join('\n'),
    '[Reviewing](../reviewing.md) explains how requests are paired and answers compared.',
    '## Exit codes',
    ['| code | meaning |', '|---:|---|', ...Object.entries(exitCodes).map(describeExit)].join('\n'),
    '`retake run` exits with the code of its command, if that is not 0. `retake diff`, `retake review` and `retake verify` exit with 1 if they found something that fails.',
    '',
  ].join('\n\n');
}

const outcomes = [
  '| `hit` | `replayed` | a recorded answer was returned |',
  '| `recorded` | `recorded` | the model answered, and the answer was recorded |',
  '| `live` | `not recorded` | the model answered in mode `passthrough` |',
  '| `miss` | `missed` | no recording matches, and the mode is `replay` |',
  '| `fault` | `with a fault` | the request got a [fault](../faults.md) that you asked for |',
];

const exits = {
  success: 'success',
  failure: 'the command found something that fails, or could not do its work',
  usage: 'the arguments, the configuration or the repository are invalid',
  miss: 'the command of `retake run` succeeded, but a request had no recording, was not sent because the token limit was reached, or its answer was given up',
};

function describeExit([name, code]) {
  if (exits[name] === undefined) throw new Error(`Describe the exit code ${name} in scripts/reference`);
  return `| ${code} | ${exits[name]} |`;
}
