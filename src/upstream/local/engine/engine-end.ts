import {RetakeError} from '../../../errors.js';
import type {EngineLog} from './engine-log.js';
import type {EngineProgram} from './engine-program.js';

export type EngineEnd = {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** Why it could not be started. */
  readonly cause: string | undefined;
};

/** The error for an engine that has ended: its exit, its last message and a hint. */
export function describeEngineEnd(end: EngineEnd, log: EngineLog, program: EngineProgram): RetakeError {
  const name = program.kind === 'native' ? program.path : 'The engine';
  const reason = log.reason() || end.cause || '';
  const message = `${name} ${howItEnded(end)}${reason === '' ? '' : `: ${reason.replace(/\.$/, '')}`}`;
  return new RetakeError('engine_failed', message, {
    hint: whatToDo(`${log.text()}\n${end.cause ?? ''}`, end, program),
  });
}

function howItEnded({exitCode, signal}: EngineEnd): string {
  if (signal !== undefined) return `was ended by ${signal}`;
  if (exitCode === undefined) return 'could not be started';
  return exitCode > 128 ? `was ended by signal ${exitCode - 128}` : `ended with exit code ${exitCode}`;
}

/** Known causes and their remedies, the most specific first. */
const remedies: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /invalid magic|not a gguf|failed to read magic|gguf_init/i,
    'Check that the file is a whole GGUF model and can be read.',
  ],
  [
    /mmproj|clip_model|projector/i,
    'Check that the projector in the option `upstream.mmproj` belongs to the model.',
  ],
  [
    /alloc|out of memory|bad_alloc|mlock/i,
    'Choose a smaller model with the option `upstream.model` or a smaller context with the option `upstream.engine.contextSize`, or free some memory.',
  ],
  [
    /no module named|cannot open shared object|shared libraries/i,
    'Run `retake setup` again, or reinstall llama-server.',
  ],
  [
    /invalid argument|unknown argument|unrecognized arguments|error while handling argument/i,
    'This llama-server does not know a flag that retake passes: update it.',
  ],
];

function whatToDo(text: string, {exitCode, signal}: EngineEnd, program: EngineProgram): string {
  const remedy = remedies.find(([pattern]) => pattern.test(text));
  if (remedy) return remedy[1];
  if (signal === 'SIGKILL' || exitCode === 137)
    return 'The system may have run out of memory: choose a smaller model with the option `upstream.model` or a smaller context with the option `upstream.engine.contextSize`.';
  return program.kind === 'native'
    ? 'Try another llama-server with the option `upstream.llamaServer`, or run `retake doctor`.'
    : 'Run `retake doctor`.';
}
