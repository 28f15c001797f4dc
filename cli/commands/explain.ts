import {readFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {text} from 'node:stream/consumers';
import {Command, Option} from 'commander';
import {cassetteFilesAt} from '../../src/cassette/file/cassette-files-at.js';
import {addressOf, isStoreAddress, parseStoreAddress} from '../../src/cassette/postgres/store-address.js';
import {parseJson} from '../../src/chat/json.js';
import type {Config} from '../../src/config/load-config.js';
import {guessPath} from '../../src/dialects/guess-path.js';
import {builtInDialects} from '../../src/dialects/registry.js';
import {RetakeError} from '../../src/errors.js';
import {type Explanation, explainRecordedMiss, explainRequest} from '../../src/operations/explain-request.js';
import type {DefineCommand, Invocation} from '../input/invocation.js';
import {proxyOptions} from '../input/proxy-options.js';
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
    .addOption(
      new Option('--dialect <api>', 'API of the request, if the body is ambiguous').choices(
        builtInDialects.map(({name}) => name),
      ),
    )
    .option('--path <path>', 'Path of the request; /@NAME in front selects a cassette')
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action(async (file: string | undefined, flags: ExplainFlags) => {
      const explanation = await explain(file, flags, configOf(command, invocation), invocation);
      if (flags.json) writeJson({version: 1, ...explanation});
      else process.stdout.write(describe(explanation));
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

type ExplainFlags = {
  readonly last?: true;
  readonly dialect?: string;
  readonly path?: string;
  readonly json?: true;
};

async function explain(
  file: string | undefined,
  {last, dialect, path}: ExplainFlags,
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
  const body = await read(file, directory);
  const dialects = builtInDialects.filter(({name}) => dialect === undefined || name === dialect);
  const target = path ?? guessPath(dialects, parseJson(body));
  if (target === undefined) {
    throw new RetakeError('invalid_setting', `The body in ${file} does not show which API it is meant for`, {
      hint: `Name it with --dialect ${anyOf.format(builtInDialects.map(({name}) => name))}, or with --path PATH.`,
    });
  }
  const {mode: _mode, faults: _faults, ...proxy} = proxyOptions(withoutReach(config));
  return explainRequest({
    proxy,
    path: target,
    body: Buffer.from(body),
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

const anyOf = new Intl.ListFormat('en', {type: 'disjunction'});

/** The file of a cassette: the configured one itself, or the one of that name in the configured folder. */
function fileOf(cassette: string, name: string): string {
  if (isStoreAddress(cassette)) return addressOf(parseStoreAddress(cassette), name);
  const files = cassetteFilesAt(cassette) ?? [];
  return files[0] === cassette || cassette.endsWith('.cassette')
    ? cassette
    : join(cassette, `${name}.cassette`);
}

async function read(file: string, directory: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  try {
    return readFileSync(resolve(directory, file), 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RetakeError('not_found', `The request ${file} cannot be read: ${reason}`, {cause});
  }
}

function describe({outcome, cassette, key, question, nearest, components}: Explanation): string {
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
    layOutTable(
      [{title: ''}, {title: 'part'}, {title: 'asked'}, {title: 'recorded'}],
      components.map(({name, asked, recorded}) => [
        asked === recorded ? '=' : '≠',
        printableLine(name),
        asked ?? '',
        recorded ?? '',
      ]),
      undefined,
    ),
  ].join('');
}
