import {withinTime} from '../../async/within-time.js';
import type {Model} from '../../chat/model.js';
import {RetakeError, toRetakeError} from '../../errors.js';
import {type HttpModel, httpModel} from '../openai-compatible/http-model.js';
import {unlessAborted} from '../openai-compatible/wire/abort.js';
import type {Upstream, UpstreamState} from '../upstream.js';
import {engineArguments} from './engine/engine-arguments.js';
import type {EngineTuning} from './engine/engine-tuning.js';
import {findLineBreakTokens} from './engine/line-break-tokens.js';
import {type Engine, startEngine} from './engine/start-engine.js';
import {describeModel, type ModelChoice} from './models/describe-model.js';
import {describeProgress, type OnProgress} from './set-up/progress.js';
import {setUp} from './set-up/set-up.js';

export type ManagedUpstreamOptions = ModelChoice & {
  /** Where the engine and the models are stored between runs. */
  readonly cacheFolder: string;
  /** LLAMA_SERVER_BIN. */
  readonly llamaServerBinary?: string | undefined;
  /** The PATH on which `llama-server` and Python are looked up. */
  readonly path: string;
  /** RETAKE_PYTHON. */
  readonly python?: string | undefined;
  readonly tuning: EngineTuning;
  readonly onProgress?: OnProgress | undefined;
};

/** After so many crashes without an answer in between the engine is not restarted. */
const maximumCrashes = 3;
/** How much later than its connection the end of the engine's process may be noticed. */
const exitTimeoutMs = 1000;

type Running = {readonly engine: Engine; readonly http: HttpModel};

/**
 * A llama-server that retake runs: it is downloaded if it is missing, started with the first request, and restarted after a crash.
 * @throws RetakeError `invalid_setting` if there is no such model
 */
export function managedUpstream(options: ManagedUpstreamOptions): Upstream {
  const description = describeModel(options);
  const {name} = description;
  const closing = new AbortController();
  let state: UpstreamState = {phase: 'idle', name, detail: `model ${name}: not started`};
  let running: Promise<Running> | undefined;
  const crashes: RetakeError[] = [];

  const setState = (phase: UpstreamState['phase'], detail: string) => {
    if (!closing.signal.aborted) state = {phase, name, detail};
  };

  async function fetchAndStart(): Promise<Running> {
    const {signal} = closing;
    const {program, model} = await setUp({
      ...options,
      model: description,
      signal,
      onProgress(progress) {
        setState('fetching', describeProgress(progress));
        options.onProgress?.(progress);
      },
    });
    setState('starting', `model ${name}: loading`);
    const engine = await startEngine({program, arguments: engineArguments(options.tuning, model), signal});
    const http = httpModel({
      url: engine.url,
      authorization: engine.authorization,
      reportsAs: name,
      reversePrompts: model.reversePrompts,
      repeatsCalls: model.repeatsCalls,
      temperature: model.temperature,
      lineBreakTokens: await findLineBreakTokens(engine),
      // Its model changes only with its process.
      descriptionLifetimeMs: Number.POSITIVE_INFINITY,
      engine: program.kind === 'installed' ? program.build : undefined,
    });
    setState('ready', `model ${name}: ready`);
    return {engine, http};
  }

  function fail(error: unknown): void {
    running = undefined;
    const failure = toRetakeError(error);
    if (failure.code === 'engine_failed') crashes.push(failure);
    setState('failed', failure.message);
  }

  /** The running engine; if there is none, one is started. Concurrent callers share it. */
  function run(): Promise<Running> {
    if (closing.signal.aborted) return Promise.reject(closedError());
    if (running) return running;
    const lastCrash = crashes.at(-1);
    if (lastCrash && crashes.length >= maximumCrashes) return Promise.reject(lastCrash);
    setState('starting', `model ${name}: starting`);
    const started = fetchAndStart();
    running = started;
    started.then(
      ({engine, http}) =>
        void engine.ended.then(async error => {
          fail(error);
          await http.close();
        }),
      fail,
    );
    return started;
  }

  const model: Model = async function* (request, context) {
    const {engine, http} = await unlessAborted(run(), context.signal);
    try {
      for await (const chunk of http.ask(request, context)) {
        if (chunk.type === 'reply-end') crashes.length = 0;
        yield chunk;
      }
    } catch (error) {
      const mayHaveEnded = !context.signal.aborted && mayBeEnd(toRetakeError(error));
      const end = mayHaveEnded ? await exitError(engine) : undefined;
      throw end === undefined || closing.signal.aborted ? error : engineEnded(end);
    }
  };

  return {
    model,
    modelName: name,
    slots: options.tuning.parallel,
    get state() {
      return state;
    },
    start() {
      // The state and the callers of `ready` get a failure.
      run().catch(() => undefined);
    },
    async ready(signal) {
      await (signal === undefined ? run() : unlessAborted(run(), signal));
    },
    async close() {
      setState('idle', `model ${name}: stopped`);
      closing.abort(closedError());
      const current = await running?.catch(() => undefined);
      await current?.http.close();
      await current?.engine.stop();
    },
  };
}

function closedError(): RetakeError {
  return new RetakeError('upstream_unavailable', 'The model was stopped because retake is closing');
}

/** The error of an engine that has ended; undefined if it still runs. */
function exitError(engine: Engine): Promise<RetakeError | undefined> {
  return withinTime(engine.ended, exitTimeoutMs);
}

/** Whether an error can be the end of the engine's process: not if the engine, or retake itself, refuses the request. */
function mayBeEnd({code, answered}: RetakeError): boolean {
  return answered === undefined && (code === 'upstream_unavailable' || code === 'upstream_failed');
}

function engineEnded(end: RetakeError): RetakeError {
  return new RetakeError(
    'upstream_unavailable',
    `The engine ended before its answer was complete: ${end.message}`,
    {
      hint: `Repeat the request: it starts the engine again. ${end.hint ?? ''}`.trim(),
      cause: end,
    },
  );
}
