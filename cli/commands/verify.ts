import {Command} from 'commander';
import {shortKey} from '../../src/cassette/key/short-key.js';
import type {VerifyReport} from '../../src/cassette/maintenance/verify-report.js';
import {verifyCassette} from '../../src/operations/verify-cassette.js';
import {findCassettes} from '../input/cassette-arguments.js';
import type {DefineCommand} from '../input/invocation.js';
import {addSettingOptions, configOf} from '../input/setting-options.js';
import {paint} from '../output/console-lines.js';
import {countOf} from '../output/count-of.js';
import {exitCodes} from '../output/exit-codes.js';
import {printable, printableLine} from '../output/printable.js';
import {withProgress} from '../output/with-progress.js';
import {writeJson} from '../output/write-json.js';

export const define: DefineCommand = (invocation, finish) => {
  const command = new Command('verify');
  command
    .argument('[cassette...]', 'Cassette files, folders or databases (default: the configured ones)')
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action(async (given: readonly string[]) => {
      const config = configOf(command, invocation);
      const {redact = []} = config.keySettings;
      const reports: VerifyReport[] = [];
      for (const path of await findCassettes(given, config, invocation)) {
        reports.push(
          await withProgress(`Reading ${printableLine(path)}`, () => verifyCassette(path, {redact})),
        );
      }
      if (command.opts<{json?: boolean}>().json) writeJson({version: 1, cassettes: reports});
      else process.stdout.write(reports.map(describeReport).join(''));
      if (reports.some(({isValid}) => !isValid)) finish(exitCodes.failure);
    });
  return addSettingOptions(command, ({name}) => name === 'cassette');
};

const examples = `
Checks the integrity of each file, its canonical form, every key, and that it
holds no known secret. Exits with 1 if it finds an error.

Examples:
  $ retake verify
  $ retake verify cassettes/*.cassette`;

function describeReport({path, isValid, interactions, takes, findings}: VerifyReport): string {
  const mark = isValid ? paint('green', 'ok   ', process.stdout) : paint('red', 'wrong', process.stdout);
  const held = `${countOf(interactions, 'interaction')}, ${countOf(takes, 'take')}`;
  const lines = findings.map(({severity, message, place}) => {
    const where = place === path ? '' : `${/^\d+:/.test(place) ? shortKey(place) : place}: `;
    return `       ${severity === 'error' ? '' : 'warning: '}${printable(where + message)}`;
  });
  return [`${mark}  ${printableLine(path)}: ${held}`, ...lines, ''].join('\n');
}
