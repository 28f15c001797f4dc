import {runProgram} from './program.js';

// A reader that closes the pipe early (`retake ls | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

void runProgram(process.argv.slice(2), {environment: process.env, directory: process.cwd()}).then(code => {
  process.exitCode = code;
});
process.once('beforeExit', () => {
  // Nothing is left to do, and the program has not come to its end.
  process.exitCode ??= 1;
});
