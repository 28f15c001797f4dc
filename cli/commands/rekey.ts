import {Command} from 'commander';
import {rekeyCassette} from '../../src/operations/rekey-cassette.js';
import {findCassettes} from '../input/cassette-arguments.js';
import type {DefineCommand} from '../input/invocation.js';
import {addSettingOptions, configOf} from '../input/setting-options.js';
import {type RekeyFlags, type RewriteKeys, rekeyAndReport} from './rekey-and-report.js';

export const define: DefineCommand = invocation => {
  const command = new Command('rekey');
  command
    .argument('[cassette...]', 'Cassette files, folders or databases (default: the configured ones)')
    .option('--dry-run', 'Report the changes, and write nothing')
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action(async (paths: readonly string[], flags: RekeyFlags) => {
      const config = configOf(command, invocation);
      const rewrite: RewriteKeys = options => rekeyCassette({...options, settings: config.keySettings});
      const wanted = {rewrite, verb: 'rekeyed'};
      return rekeyAndReport(await findCassettes(paths, config, invocation), wanted, flags);
    });
  return addSettingOptions(command, ({name}) => ['cassette', 'forwardModel'].includes(name));
};

const examples = `
After a change of \`ignore\`, \`redact\` or \`forwardModel\`, or of the matching rules
of retake, no recording would match. This recomputes every key from its stored
request, and unites requests that became equal. It cannot restore what an old
rule removed from a request, and reports that.

Examples:
  $ retake rekey --dry-run
  $ retake rekey --no-forward-model cassettes/chat.cassette`;
