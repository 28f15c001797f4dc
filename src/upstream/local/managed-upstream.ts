import {withinTime} from '../../async/within-time.js';
import type {Model} from '../../chat/model.js';
import {RetakeError, toRetakeError} from '../../errors.js';
import {type HttpModel, httpModel} from '../openai-compatible/http-model.js';
import {unlessAborted} from '../openai-compatible/wire/watch.js';
import type {Upstream, UpstreamState} from '../upstream.js';
import {engineArguments} from './engine/engine-arguments.js';
import type {EngineTuning} from './engine/engine-tuning.js';
import {type Engine, startEngine} from './engine/start-engine.js';
import {describeModel, type ModelChoice} from './models/describe-model.js';
import {describeProgress, type OnProgress} from './set-up/progress.js';
import {setUp} from './set-up/set-up.js';

export type ManagedUpstreamOptions = ModelChoice & {
  /** Where engine and models are kept between runs. */
  readonly cacheFolder: string;
  /** LLAMA_SERVER_BIN. */
  readonly llamaServerBinary?: string;
  /** A PATH to find `llama-server` and Python in. */
  readonly path: string;
  /** RETAKE_PYTHON. */
  readonly python?: string;
  readonly tuning: EngineTuning;
  readonly onProgress?: OnProgress;
};

/** An engine that died so often without answering once in between is not started again. */
const maximumDeaths = 3;
/** Milliseconds by which a lost connection may be noticed before the end of the process behind it. */
const endNoticeDelay = 1000;

type Running = {readonly engine: Engine; readonly http: HttpModel};

/**
 * A llama-server of our own: fetched when it is missing, started when it is first needed, started again when it dies.
 * @throws RetakeError `invalid_setting` when the choice of a model is none
 */
export function managedUpstream(options: ManagedUpstreamOptions): Upstream {
  const description = describeModel(options);
  const {name} = description;
  const closing = new AbortController();
  let state: UpstreamState = {phase: 'idle', name, detail: `model ${name}: not started`};
  let running: Promise<Running> | undefined;
  const deaths: RetakeError[] = [];

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
      ...(model.repeatsCalls && {repeatsCalls: true}),
      ...(program.kind === 'installed' && {engine: program.build}),
    });
    setState('ready', `model ${name}: ready`);
    return {engine, http};
  }

  function fail(error: unknown): void {
    running = undefined;
    const failure = toRetakeError(error);
    if (failure.code === 'engine_failed') deaths.push(failure);
    setState('failed', failure.message);
  }

  /** The engine that runs, or one that is started now; all who wait share it. */
  function run(): Promise<Running> {
    if (closing.signal.aborted) return Promise.reject(closedError());
    if (running) return running;
    const lastDeath = deaths.at(-1);
    if (lastDeath && deaths.length >= maximumDeaths) return Promise.reject(lastDeath);
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
        if (chunk.type === 'reply-end') deaths.length = 0;
        yield chunk;
      }
    } catch (error) {
      const end = context.signal.aborted ? undefined : await endOf(engine);
      throw end === undefined || closing.signal.aborted ? error : endedMeanwhile(end);
    }
  };

  return {
    model,
    modelName: name,
    get state() {
      return state;
    },
    start() {
      // Whoever waits for it hears of a failure, and so does the state.
      run().catch(() => undefined);
    },
    async ready(signal) {
      await (signal === undefined ? run() : unlessAborted(run(), signal));
    },
    async close() {
      setState('idle', `model ${name}: ended`);
      closing.abort(closedError());
      const current = await running?.catch(() => undefined);
      await current?.http.close();
      await current?.engine.stop();
    },
  };
}

function closedError(): RetakeError {
  return new RetakeError('upstream_unavailable', 'The model was ended because retake is ending');
}

/** Why the engine ended, if it did. */
function endOf(engine: Engine): Promise<RetakeError | undefined> {
  return withinTime(engine.ended, endNoticeDelay);
}

function endedMeanwhile(end: RetakeError): RetakeError {
  return new RetakeError(
    'upstream_unavailable',
    `The engine ended before its answer was complete: ${end.message}`,
    {
      hint: `Ask again: the next question starts it anew. ${end.hint ?? ''}`.trim(),
      cause: end,
    },
  );
}
