// `retake setup` as a separate program, which the Dockerfile bundles on its own: the layer with engine and model is rebuilt
// only if the code that downloads them changes.
import process from 'node:process';
import {define} from '../../cli/commands/setup.ts';
import {printError} from '../../cli/output/print-error.ts';

const invocation = {environment: process.env, directory: process.cwd()};
const setup = define(invocation, exitCode => {
  process.exitCode = exitCode;
});
try {
  await setup.parseAsync();
} catch (error) {
  printError(error);
  process.exitCode = 1;
}
