import {Command} from 'commander';
import type {Config} from '../../src/config/load-config.js';
import {managedOptions} from '../../src/config/upstream-options.js';
import type {ReadyModel} from '../../src/upstream/local/engine/engine-arguments.js';
import type {EngineProgram} from '../../src/upstream/local/engine/engine-program.js';
import {describeModel} from '../../src/upstream/local/models/describe-model.js';
import {describeProgress} from '../../src/upstream/local/set-up/progress.js';
import {setUp} from '../../src/upstream/local/set-up/set-up.js';
import {announcePrograms} from '../input/announce-programs.js';
import type {DefineCommand} from '../input/invocation.js';
import {addSettingOptions, configOf} from '../input/setting-options.js';
import {openConsoleLines} from '../output/console-lines.js';
import {exitCodes} from '../output/exit-codes.js';
import {printModels} from '../output/model-list.js';
import {printError} from '../output/print-error.js';
import {printable, printableLine} from '../output/printable.js';
import {writeJson} from '../output/write-json.js';
import {exitCodeOf, onEndingSignals} from '../process/ending-signals.js';

const wanted = new Set([
  ...['model', 'mmproj', 'modelUrl', 'modelSha256', 'mmprojUrl', 'mmprojSha256'],
  ...['llamaServer', 'python', 'cacheDir', 'quiet'],
]);

export const define: DefineCommand = (invocation, finish) => {
  const command = new Command('setup');
  command
    .option('--list', 'List the models of the catalogue')
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action(async () => {
      const {list = false, json = false} = command.opts<{list?: boolean; json?: boolean}>();
      const config = configOf(command, invocation);
      if (list) await printModels({json});
      else finish(await fetchAll(config, json));
    });
  return addSettingOptions(command, ({name}) => wanted.has(name));
};

const examples = `
Skips what is installed already, and resumes an interrupted download.

Examples:
  $ retake setup --list
  $ retake setup --model gemma3-270m
  $ retake setup --model-url https://example.org/my.gguf --model-sha256 …`;

async function fetchAll(config: Config, json: boolean): Promise<number> {
  announcePrograms(config);
  const lines = config.quiet ? undefined : await openConsoleLines();
  const {tuning: _tuning, model: _model, ...options} = managedOptions(config);
  const ending = new AbortController();
  let exitCode: number = exitCodes.success;
  const stopListening = onEndingSignals(signal => {
    exitCode = exitCodeOf(signal);
    ending.abort();
  });
  try {
    const {program, model} = await setUp({
      ...options,
      model: describeModel(managedOptions(config)),
      signal: ending.signal,
      onProgress: progress => lines?.progress(printableLine(describeProgress(progress))),
    });
    lines?.clearProgress();
    if (json) writeJson({version: 1, engine: program, model});
    else process.stdout.write(describeSetUp(program, model));
  } catch (error) {
    if (!ending.signal.aborted) throw error;
    printError('Setup was interrupted; the next one resumes the download');
  } finally {
    lines?.clearProgress();
    stopListening();
  }
  return exitCode;
}

function describeSetUp(program: EngineProgram, {name, weights, projector}: ReadyModel): string {
  const engine = program.kind === 'native' ? program.path : `installed by retake, run by ${program.python}`;
  return [
    `engine     ${engine}`,
    `model      ${name}: ${weights}`,
    ...(projector === undefined ? [] : [`projector  ${projector}`]),
    '',
  ]
    .map(printable)
    .join('\n');
}
