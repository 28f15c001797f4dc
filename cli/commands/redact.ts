import {Command} from 'commander';
import {redactCassette} from '../../src/operations/redact-cassette.js';
import {findCassettes} from '../input/cassette-arguments.js';
import type {DefineCommand} from '../input/invocation.js';
import {addSettingOptions, configOf} from '../input/setting-options.js';
import {type RekeyFlags, type RewriteKeys, rekeyAndTell} from './rekey-and-report.js';

export const define: DefineCommand = invocation => {
  const command = new Command('redact');
  return addSettingOptions(command, ({name}) => name === 'cassette')
    .description(
      'Takes secrets out of what was recorded, by the built-in rules and those of the configuration.',
    )
    .argument('[cassette...]', 'Files or folders (default: the configured cassette)')
    .option('--dry-run', 'Only tell what would change')
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action((paths: readonly string[], flags: RekeyFlags) => {
      const config = configOf(command, invocation);
      const {redact: rules} = config.keySettings;
      const rewrite: RewriteKeys = options => redactCassette({...options, rules});
      const wanted = {rewrite, verb: 'redacted'};
      return rekeyAndTell(findCassettes(paths, config, invocation), wanted, flags);
    });
};

const examples = `
A secret becomes \`<redacted:RULE:1>\` in requests and answers, as it would have been when it was recorded; keys are
computed anew, so the same questions still find their answers. Requests that differed in their secret alone become one,
with the takes of both. The cassette remembers the rules.

What git has is in its history: a secret that was pushed has to be revoked all the same.

Examples:
  $ retake verify                              finds secrets
  $ retake redact --dry-run
  $ retake redact cassettes/chat.cassette      with the \`redact\` rules of retake.config.json`;
