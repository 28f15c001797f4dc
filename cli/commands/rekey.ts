import {Command} from 'commander';
import {rekeyCassette} from '../../src/operations/rekey-cassette.js';
import {findCassettes} from '../input/cassette-arguments.js';
import type {DefineCommand} from '../input/invocation.js';
import {addSettingOptions, configOf} from '../input/setting-options.js';
import {type RekeyFlags, type RewriteKeys, rekeyAndTell} from './rekey-and-report.js';

export const define: DefineCommand = invocation => {
  const command = new Command('rekey');
  return addSettingOptions(command, ({name}) => ['cassette', 'forwardModel'].includes(name))
    .description('Gives cassettes the settings that shape keys, and every interaction its key by these.')
    .argument('[cassette...]', 'Files or folders (default: the configured cassette)')
    .option('--dry-run', 'Only tell what would change')
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action((paths: readonly string[], flags: RekeyFlags) => {
      const config = configOf(command, invocation);
      const rewrite: RewriteKeys = options => rekeyCassette({...options, settings: config.keySettings});
      const wanted = {rewrite, verb: 'rekeyed'};
      return rekeyAndTell(findCassettes(paths, config, invocation), wanted, flags);
    });
};

const examples = `
After a change of \`ignore\`, \`redact\` or \`forwardModel\` nothing recorded would be found: every request has another key.
This makes the keys anew from the requests as they are stored. The same goes for a retake whose rules of matching have
changed. Requests that have become the same share their takes. What a rule has taken out of a request is not there any
more: when the rule goes, that is told.

Examples:
  $ retake rekey --dry-run                     with the settings of retake.config.json
  $ retake rekey --no-forward-model cassettes/chat.cassette`;
