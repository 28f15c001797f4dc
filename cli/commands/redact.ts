import {Command} from 'commander';
import {redactCassette} from '../../src/operations/redact-cassette.js';
import {findCassettes} from '../input/cassette-arguments.js';
import type {DefineCommand} from '../input/invocation.js';
import {addSettingOptions, configOf} from '../input/setting-options.js';
import {type RekeyFlags, type RewriteKeys, rekeyAndReport} from './rekey-and-report.js';

export const define: DefineCommand = invocation => {
  const command = new Command('redact');
  command
    .argument('[cassette...]', 'Cassette files, folders or databases (default: the configured ones)')
    .option('--dry-run', 'Report the changes, and write nothing')
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action(async (paths: readonly string[], flags: RekeyFlags) => {
      const config = configOf(command, invocation);
      const {redact: rules} = config.keySettings;
      const rewrite: RewriteKeys = options => redactCassette({...options, rules});
      const wanted = {rewrite, verb: 'redacted'};
      return rekeyAndReport(await findCassettes(paths, config, invocation), wanted, flags);
    });
  return addSettingOptions(command, ({name}) => name === 'cassette');
};

const examples = `
Replaces each secret by \`<redacted:RULE:1>\`, with the built-in rules and those
of the configuration, and recomputes the keys. The same requests still match.
Unites requests that differed only in a secret. The git history still has the
secret: revoke it as well.

Examples:
  $ retake verify                         find secrets
  $ retake redact --dry-run
  $ retake redact cassettes/chat.cassette`;
