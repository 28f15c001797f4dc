import {Command} from 'commander';
import {shortKey} from '../../src/cassette/key/short-key.js';
import {isStoreAddress} from '../../src/cassette/postgres/store-address.js';
import {RetakeError} from '../../src/errors.js';
import {stubAnswer, type WrittenAnswer} from '../../src/operations/stub-answer.js';
import type {DefineCommand, Invocation} from '../input/invocation.js';
import {proxyOptions} from '../input/proxy-options.js';
import {dialectOption, fileOf, type RequestFlags, readRequest} from '../input/request-file.js';
import {addSettingOptions, configOf} from '../input/setting-options.js';
import {countOf} from '../output/count-of.js';
import {printableLine} from '../output/printable.js';
import {writeJson} from '../output/write-json.js';

export const define: DefineCommand = invocation => {
  const command = new Command('stub');
  command
    .argument('<request>', 'File with the JSON body of the request; - for stdin')
    .option('--answer <text>', 'Text of the answer')
    .option(
      '--tool-call <name-and-arguments...>',
      'Name of a tool and its arguments as JSON; pairs for more calls',
    )
    .option('--error <status>', 'HTTP status of an error in place of an answer, from 400 to 599')
    .option('--message <text>', 'Message of the error (default: the name of the status)')
    .option('--retry-after <seconds>', 'Value of the header retry-after of the error')
    .addOption(dialectOption())
    .option('--path <path>', 'Path of the request; /@NAME in front selects a cassette')
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action((file: string, flags: StubFlags) => stub(file, flags, command, invocation));
  return addSettingOptions(command, ({name}) => ['cassette', 'forwardModel'].includes(name));
};

const examples = `
Records an answer or an error that you wrote, without a model. If the request
has takes (recorded answers), it gets one more, unless one of them is equal.
\`retake show\` and \`retake diff\` say that it was written by hand.

Examples:
  $ retake stub request.json --answer 'The service is closed today.'
  $ retake stub request.json --tool-call get_weather '{"city": "Paris"}'
  $ retake stub request.json --error 429 --retry-after 2`;

type StubFlags = RequestFlags & {
  readonly answer?: string;
  readonly toolCall?: readonly string[];
  readonly error?: string;
  readonly message?: string;
  readonly retryAfter?: string;
  readonly json?: true;
};

async function stub(file: string, flags: StubFlags, command: Command, invocation: Invocation): Promise<void> {
  const answer = answerOf(flags);
  const config = configOf(command, invocation);
  if (isStoreAddress(config.cassette)) {
    throw new RetakeError(
      'invalid_setting',
      'Expected a cassette file or folder, got the address of a database',
      {
        hint: 'Copy the cassette into a file, change it, and copy it into another cassette: retake copy.',
      },
    );
  }
  const {path, body} = await readRequest(file, flags, invocation.directory);
  const {mode: _mode, faults: _faults, ...proxy} = proxyOptions(config);
  const {cassette, key, takes, isNew} = await stubAnswer({
    proxy,
    path,
    body,
    answer,
    fileOf: name => fileOf(config.cassette, name),
  });
  if (flags.json) writeJson({version: 1, path: fileOf(config.cassette, cassette), key, takes});
  else {
    const count = countOf(takes, 'take');
    const outcome = isNew ? `written by hand, ${count} now` : `has this answer already, ${count}`;
    const line = `${cassette} ${shortKey(key)}: ${outcome}`;
    process.stdout.write(`${printableLine(line)}\n`);
  }
}

function answerOf({answer, toolCall, ...written}: StubFlags): WrittenAnswer {
  const given = [answer, toolCall, written.error].filter(value => value !== undefined).length;
  if (given !== 1) {
    throw new RetakeError(
      'invalid_setting',
      `Expected --answer, --tool-call or --error, got ${given === 0 ? 'none of them' : `${given} of them`}`,
    );
  }
  if (written.error !== undefined) return errorOf(written.error, written);
  if (written.message !== undefined || written.retryAfter !== undefined) {
    throw new RetakeError('invalid_setting', 'Expected --message and --retry-after together with --error');
  }
  if (answer !== undefined) return {kind: 'text', text: answer};
  const words = toolCall ?? [];
  if (words.length % 2 !== 0) {
    throw new RetakeError(
      'invalid_setting',
      `Expected --tool-call to have a name and arguments, got ${words.map(word => `\`${word}\``).join(' ')}`,
      {hint: "Put the file of the request first: retake stub request.json --tool-call NAME '{…}'"},
    );
  }
  const calls = Array.from({length: words.length / 2}, (_, index) => ({
    name: words[2 * index] ?? '',
    arguments: words[2 * index + 1] ?? '',
  }));
  return {kind: 'tool-calls', calls};
}

function errorOf(status: string, {message, retryAfter}: StubFlags): WrittenAnswer {
  if (!/^[45]\d\d$/.test(status)) {
    throw new RetakeError(
      'invalid_setting',
      `Expected --error to be an HTTP status from 400 to 599, got \`${status}\``,
    );
  }
  if (retryAfter !== undefined && !/^\d{1,6}(?:\.\d{1,3})?$/.test(retryAfter)) {
    throw new RetakeError(
      'invalid_setting',
      `Expected --retry-after to be a number of seconds, got \`${retryAfter}\``,
    );
  }
  const seconds = retryAfter === undefined ? undefined : Number(retryAfter);
  return {kind: 'error', status: Number(status), message, retryAfter: seconds};
}
