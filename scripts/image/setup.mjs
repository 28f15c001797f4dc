// `retake setup` as a program of its own, which the Dockerfile bundles apart from the rest: the layer with engine and model is made anew
// only when what fetches them changes.
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
