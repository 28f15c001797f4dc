import {resolve} from 'node:path';
import {Command, Option} from 'commander';
import {builtInDialects} from '../../src/dialects/registry.js';
import {type ImportReport, importCassette} from '../../src/operations/import-cassette.js';
import type {DefineCommand, Invocation} from '../input/invocation.js';
import {proxyOptions} from '../input/proxy-options.js';
import {addSettingOptions, configOf} from '../input/setting-options.js';
import {exitCodes} from '../output/exit-codes.js';
import {describeImport} from '../output/import-text.js';
import {printableLine} from '../output/printable.js';
import {withProgress} from '../output/with-progress.js';
import {writeJson} from '../output/write-json.js';

export const define: DefineCommand = (invocation, finish) => {
  const command = new Command('import');
  command
    .argument('<file>', 'JSON lines, HAR, VCR or aimock file, or a folder of these; - for stdin')
    .argument('<cassette>', 'Cassette file to write')
    .option('--replace', 'Replace an existing cassette')
    .option('--dry-run', 'Only print what would be imported')
    .addOption(
      new Option('--dialect <api>', 'API of requests to any other host than its own').choices(
        builtInDialects.map(({name}) => name),
      ),
    )
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action(async (file: string, cassette: string, flags: ImportFlags) => {
      finish(await run(file, cassette, flags, {command, invocation}));
    });
  return addSettingOptions(command, ({name}) => name === 'forwardModel');
};

type ImportFlags = {
  readonly replace?: boolean;
  readonly dryRun?: boolean;
  readonly dialect?: string;
  readonly json?: true;
};

async function run(
  file: string,
  cassette: string,
  {replace = false, dryRun = false, dialect, json}: ImportFlags,
  {command, invocation}: {readonly command: Command; readonly invocation: Invocation},
): Promise<number> {
  const {directory} = invocation;
  const report = await withProgress(`Importing into ${printableLine(cassette)}`, () =>
    importCassette({
      from: file === '-' ? process.stdin : resolve(directory, file),
      path: resolve(directory, cassette),
      replaces: replace,
      isDryRun: dryRun,
      dialect,
      proxy: () => proxyOptions(configOf(command, invocation)),
    }),
  );
  if (json) writeJson({version: 1, path: cassette, dryRun, ...report});
  else process.stdout.write(describeImport(report, {path: cassette, isDryRun: dryRun, directory}));
  return isComplete(report) ? exitCodes.success : exitCodes.failure;
}

/** Requests to other hosts are none of an API, so nothing of it is missing. */
function isComplete({leftOut, interactions, format}: ImportReport): boolean {
  return leftOut.length === 0 && (interactions > 0 || format === 'JSON lines');
}

const examples = `
Reads the JSON lines of \`retake export\`, HAR files (browsers, Playwright,
mitmproxy, Polly.js), cassettes of vcrpy and of tools with the same format (VCR
for Ruby, betamax, go-vcr, php-vcr), and fixtures of aimock. Each exchange with
one of the APIs becomes a take (recorded answer), with the key and the redaction
that recording would have given it.

Prints what is left out, and why. Exits with 1 if a request to one of the APIs
is left out, or if there is none.

Of JSON lines, checks every line before it writes anything. Computes keys from
the requests: remove the \`key\` of a request that you changed.

Examples:
  $ retake import tests/cassettes/chat.yaml cassettes/chat.cassette
  $ retake import recording.har cassettes/chat.cassette --dry-run
  $ zcat a.jsonl.gz | retake import - cassettes/a.cassette --replace`;
