import {Command} from 'commander';
import {optionsAsFlags} from '../../src/config/option-flags.js';
import {examine, type Finding} from '../../src/operations/doctor.js';
import {announcePrograms} from '../input/announce-programs.js';
import type {DefineCommand} from '../input/invocation.js';
import {addSettingOptions, configOf} from '../input/setting-options.js';
import {paint} from '../output/console-lines.js';
import {exitCodes} from '../output/exit-codes.js';
import {printable} from '../output/printable.js';
import {writeJson} from '../output/write-json.js';

export const define: DefineCommand = (invocation, finish) => {
  const command = new Command('doctor');
  command
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action(async () => {
      const config = configOf(command, invocation);
      announcePrograms(config);
      const findings = (await examine(config)).map(inFlags);
      if (command.opts<{json?: boolean}>().json) writeJson({version: 1, findings});
      else process.stdout.write(findings.map(describeFinding).join(''));
      if (findings.some(({verdict}) => verdict === 'missing')) finish(exitCodes.failure);
    });
  return addSettingOptions(command);
};

const examples = `
Checks what \`retake serve\` needs with these settings. Exits with 1 if something
is missing.

Examples:
  $ retake doctor
  $ retake doctor --mode replay --cassette cassettes/demo.cassette`;

function inFlags({found, advice, ...rest}: Finding): Finding {
  return {
    ...rest,
    found: optionsAsFlags(found),
    advice: advice === undefined ? undefined : optionsAsFlags(advice),
  };
}

function describeFinding({subject, verdict, found, advice}: Finding): string {
  const {mark, style} = marks[verdict];
  const lines = [`${paint(style, mark, process.stdout)} ${subject.padEnd(14)} ${printable(found)}`];
  if (advice !== undefined) lines.push(`${' '.repeat(mark.length + 16)}${printable(advice)}`);
  return `${lines.join('\n')}\n`;
}

const marks = {
  ok: {mark: 'ok     ', style: 'green'},
  warn: {mark: 'warn   ', style: 'yellow'},
  missing: {mark: 'missing', style: 'red'},
} as const;
