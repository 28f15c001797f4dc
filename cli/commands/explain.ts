import {Command} from 'commander';
import type {Config} from '../../src/config/load-config.js';
import {RetakeError} from '../../src/errors.js';
import {type Explanation, explainRecordedMiss, explainRequest} from '../../src/operations/explain-request.js';
import type {DefineCommand, Invocation} from '../input/invocation.js';
import {proxyOptions} from '../input/proxy-options.js';
import {dialectOption, fileOf, type RequestFlags, readRequest} from '../input/request-file.js';
import {addSettingOptions, configOf} from '../input/setting-options.js';
import {paint} from '../output/console-lines.js';
import {exitCodes} from '../output/exit-codes.js';
import {readLastMiss} from '../output/last-miss.js';
import {printable, printableLine} from '../output/printable.js';
import {layOutTable} from '../output/table.js';
import {writeJson} from '../output/write-json.js';

export const define: DefineCommand = (invocation, finish) => {
  const command = new Command('explain');
  command
    .argument('[request]', 'File with the JSON body of the request; - for stdin')
    .option('--last', 'Explain the last miss of `retake run` or `retake serve`')
    .addOption(dialectOption())
    .option('--path <path>', 'Path of the request; /@NAME in front selects a cassette')
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action(async (file: string | undefined, flags: ExplainFlags) => {
      const explanation = await explain(file, flags, configOf(command, invocation), invocation);
      if (flags.json) writeJson({version: 1, ...explanation});
      else process.stdout.write(await describe(explanation));
      if (explanation.outcome === 'miss') finish(exitCodes.failure);
    });
  return addSettingOptions(command, ({name}) => ['cassette', 'forwardModel', 'cacheDir'].includes(name));
};

const examples = `
Compares each part of the request's key with the nearest recording. Sends
nothing to a model and records nothing. Exits with 0 for a hit, with 1 for a
miss.

Examples:
  $ retake explain request.json
  $ retake explain --path /@chat/v1/messages request.json
  $ retake run -- npm test; retake explain --last`;

type ExplainFlags = RequestFlags & {readonly last?: true; readonly json?: true};

async function explain(
  file: string | undefined,
  {last, ...flags}: ExplainFlags,
  config: Config,
  {directory}: Invocation,
): Promise<Explanation> {
  if (last) {
    const miss = await readLastMiss({...config, directory});
    return explainRecordedMiss(miss.report, name => fileOf(miss.path, name));
  }
  if (file === undefined) {
    throw new RetakeError('invalid_setting', 'Expected a file with a request, or --last, got neither');
  }
  const request = await readRequest(file, flags, directory);
  const {mode: _mode, faults: _faults, ...proxy} = proxyOptions(withoutReach(config));
  return explainRequest({
    proxy,
    ...request,
    fileOf: name => fileOf(config.cassette, name),
  });
}

/** Explaining only looks: what the file of a stranger's checkout allows, such as fetching from private hosts, does not count. */
function withoutReach(config: Config): Config {
  const isAllowed = (name: string) => config.isFileTrusted || config.sources.get(name)?.kind !== 'file';
  return {
    ...config,
    allowedHosts: [],
    corsOrigins: [],
    allowUrl: isAllowed('allowUrl') ? config.allowUrl : [],
    mediaRoot: isAllowed('mediaRoot') ? config.mediaRoot : [],
  };
}

async function describe(explanation: Explanation): Promise<string> {
  const {outcome, cassette, key, question, nearest, components, ids = []} = explanation;
  const mark =
    outcome === 'hit' ? paint('green', 'hit ', process.stdout) : paint('red', 'miss', process.stdout);
  const differences = nearest?.differences.map(difference => `  - ${printable(difference)}\n`) ?? [];
  const comparison = nearest
    ? [
        `nearest  ${nearest.key}\n         ${printableLine(JSON.stringify(nearest.question))}\n`,
        ...differences,
        '\n',
      ]
    : outcome === 'miss'
      ? ['The cassette is empty.\n\n']
      : [];
  return [
    `${mark}     ${key}\n         ${printableLine(JSON.stringify(question))} in ${printableLine(cassette)}\n`,
    ...comparison,
    await layOutTable(
      [{title: ''}, {title: 'part'}, {title: 'asked'}, {title: 'recorded'}],
      components.map(({name, asked, recorded}) => [
        asked === recorded ? '=' : '≠',
        printableLine(name),
        asked ?? '',
        recorded ?? '',
      ]),
      undefined,
    ),
    ...ids.map(
      ({id, token, origin}, index) =>
        `${index === 0 ? '\nIds of the provider are compared by the requests that created them:\n' : ''}  ${printableLine(`${token} is ${id}, from ${origin}`)}\n`,
    ),
  ].join('');
}
