import {Command} from 'commander';
import {type RekeyReport, rekeyCassette} from '../src/index.js';
import {findCassettes} from './cassette-arguments.js';
import type {DefineCommand} from './invocation.js';
import {printableLine} from './printable.js';
import {describeRekeying} from './rekey-text.js';
import {addSettingOptions, configOf} from './setting-options.js';
import {whileShown} from './while-shown.js';
import {writeJson} from './write-json.js';

export const define: DefineCommand = invocation => {
  const command = new Command('rekey');
  return addSettingOptions(command, ({name}) => ['cassette', 'forwardModel'].includes(name))
    .description('Gives cassettes the settings that shape keys, and every interaction its key by these.')
    .argument('[cassette...]', 'Files or folders (default: the configured cassette)')
    .option('--dry-run', 'Only tell what would change')
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action(async (paths: readonly string[], {dryRun = false, json}: {dryRun?: boolean; json?: true}) => {
      const config = configOf(command, invocation);
      const cassettes: (RekeyReport & {path: string})[] = [];
      for (const path of findCassettes(paths, config, invocation)) {
        const report = await whileShown(`Reading ${printableLine(path)}`, ({print: log}) =>
          rekeyCassette({path, settings: config.keySettings, isWritten: !dryRun, log}),
        );
        cassettes.push({path, ...report});
      }
      if (json) writeJson({version: 1, written: !dryRun, cassettes});
      else process.stdout.write(describeRekeying(cassettes, {verb: 'rekeyed', isWritten: !dryRun}));
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
