import {setImmediate as nextTurn} from 'node:timers/promises';
import {withinTime} from '../async/within-time.js';
import {createMediaResolver} from '../attachments/media-resolver.js';
import type {CloseOptions} from '../cassette/cassette.js';
import type {Cassettes} from '../cassette/cassettes.js';
import type {DocumentSettings, KeySettings} from '../cassette/key/key-settings.js';
import type {MediaResolver} from '../cassette/media-resolver.js';
import {CassetteMiss, type MissReport} from '../cassette/miss.js';
import {isMode, type Mode, modes} from '../cassette/modes.js';
import {concealPassword} from '../cassette/postgres/store-address.js';
import type {Pace} from '../cassette/replay/pace.js';
import {createPlayhead} from '../cassette/replay/playhead.js';
import {createRecordings, type Recordings} from '../cassette/replay/recordings.js';
import {type LiveModel, withCassette} from '../cassette/replay/with-cassette.js';
import {openCassettes} from '../cassette/stores/open-cassettes.js';
import type {Model} from '../chat/model.js';
import {omitUndefined} from '../chat/omit-undefined.js';
import type {DialectDefinition, DialectServices} from '../dialects/dialect.js';
import {builtInDialects} from '../dialects/registry.js';
import {createRasterizer, type RasterizerOptions} from '../documents/rasterizer.js';
import {RetakeError} from '../errors.js';
import {createFaultPlan} from '../faults/fault-plan.js';
import type {FaultRule} from '../faults/fault-rule.js';
import {createExchangeLog, type Ended, type Exchange, type Question} from '../http/exchange.js';
import {registerLocals} from '../http/local-route.js';
import {registerQuestions} from '../http/question-route.js';
import {registerUnserved} from '../http/raw-route.js';
import {createReplayMemo} from '../http/replay-memo.js';
import {createRequestFaults} from '../http/request-fault.js';
import {createHttpServer} from '../http/server.js';
import type {StrictApi} from '../http/strict-api.js';
import {limitConcurrency} from '../upstream/limit-concurrency.js';
import type {Upstream, UpstreamState} from '../upstream/upstream.js';
import {createExchangeRing} from './control/exchange-ring.js';
import {createSessions, includeCassette} from './control/sessions.js';
import type {InspectorOptions} from './inspector/services.js';
import {createMetrics} from './metrics/metrics.js';
import type {OpenedUpstream, UpstreamOptions} from './open-upstream-option.js';
import {registerControl, registerMetrics, registerProbes} from './register-services.js';
import {sendToSelf} from './send-to-self.js';
import {createUsage} from './usage.js';
import type {Verdict} from './verdict.js';

export type ProxyOptions = {
  /** A `*.cassette` file, a folder with a file for each cassette, or the address of a PostgreSQL database. */
  readonly cassette: string;
  /** With a database, whether all proxies that use it count the positions of sessions together. Default false. */
  readonly sharedSessions?: boolean | undefined;
  /** Whether a symbolic link may lead to a cassette in another folder. Default: no. */
  readonly followLinks?: boolean | undefined;
  readonly mode: Mode;
  /**
   * The model that answers what is not recorded: options, or an upstream of your own, which `close` of the proxy closes. Without one,
   * requests that need it fail with `no_upstream`.
   */
  readonly upstream?: Upstream | UpstreamOptions | undefined;
  /** Settings of the keys of recordings. What is left out is as the cassette was recorded, or the default. */
  readonly keySettings?: Partial<KeySettings> | undefined;
  /** How documents become pages in a cassette without documents, if `keySettings` do not say. */
  readonly preferredDocuments?: Partial<DocumentSettings> | undefined;
  /** How attachments are read and stored. */
  readonly media?: MediaOptions | undefined;
  /** APIs besides the built-in ones. */
  readonly dialects?: readonly DialectDefinition[] | undefined;
  /** The speed of replayed streams: `instant` (the default), `recorded`, or a factor. */
  readonly pace?: Pace | undefined;
  /** Whether an error of the upstream is recorded, too, and replayed. Default false. */
  readonly recordErrors?: boolean | undefined;
  /** Whether the header `x-retake-mode` may send requests to the upstream in replay mode. Default false. */
  readonly allowModeOverride?: boolean | undefined;
  /** The HTTP status of a request without a recording, from 400 to 499. Default 400, which no SDK retries. */
  readonly missStatus?: number | undefined;
  /** Whether mode `replay` may start before the path of the cassettes exists. Default false. */
  readonly allowMissingCassettes?: boolean | undefined;
  /** Faults that requests get instead of, or in, their answers, to test what a client does about them. None by default. */
  readonly faults?: readonly FaultRule[] | undefined;
  /** Host names to accept besides loopback ones; `*` accepts any. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Origins of web pages that may send requests; none by default, `*` accepts any. */
  readonly corsOrigins?: readonly string[] | undefined;
  /** Maximum size of a request body in bytes. Default 50 MiB. */
  readonly bodyLimit?: number | undefined;
  /** Timeout in milliseconds for receiving a request. Default 60,000. */
  readonly requestTimeout?: number | undefined;
  /**
   * For how many milliseconds an answer that is being recorded goes on after its last client has left. Default 120,000; 0 ends it at once,
   * and nothing is recorded.
   */
  readonly finishTimeout?: number | undefined;
  /**
   * Whether an answer whose clients have left is given up as soon as another request waits for its slot of the model. Default false: it
   * goes on for `finishTimeout`.
   */
  readonly yieldSlots?: boolean | undefined;
  /** How many requests the upstream gets at once; the others wait, up to a hundred times as many. No limit by default. */
  readonly upstreamConcurrency?: number | undefined;
  /**
   * Seconds of silence after which a client that streams gets a comment, or a `ping` through the Anthropic API. Default: 15 through the
   * Anthropic API, and never through the others; 0 for never.
   */
  readonly keepAlive?: number | undefined;
  /**
   * What happens to a request that the real API refuses: `warn` (the default) answers it with a warning, `error` refuses it in the API's
   * words, `off` answers it. A provider judges for itself.
   */
  readonly strictApi?: StrictApi | undefined;
  /** Called with each different reason for which the real API refuses requests that are answered. */
  readonly onRefusedByApi?: ((message: string) => void) | undefined;
  /** Keeps recordings out of the cassette files until `close`, which can discard them. Default false. */
  readonly holdRecordings?: boolean | undefined;
  /** What the inspector, the page at the address of the proxy, may do besides looking. */
  readonly inspector?: InspectorOptions | undefined;
  /** Called after each exchange. */
  readonly onExchange?: ((exchange: Exchange) => void) | undefined;
  /** Called for each request without a recording, in a mode that does not ask the upstream. */
  readonly onMiss?: ((report: MissReport) => void) | undefined;
  /** Called with messages for a log: recordings of a killed process were recovered, a save will be retried. */
  readonly onNotice?: ((notice: string) => void) | undefined;
  /** The clock, in Unix milliseconds. */
  readonly now?: (() => number) | undefined;
};

export type MediaOptions = {
  /** Hosts besides those of the public internet that attachments may be fetched from; none by default. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Folders whose files clients may attach by path; none by default. */
  readonly roots?: readonly string[] | undefined;
  /** Whether the cassette stores small pictures of pages and images for reviewers. Default true. */
  readonly thumbnails?: boolean | undefined;
  /** Whether the cassette stores attachments in full. Default false. */
  readonly originals?: boolean | undefined;
  /** What renders PDFs, where poppler is found, and the timeout. Without a rasterizer, only PDFs that the cassette knows can be attached. */
  readonly rasterizer?: RasterizerOptions | undefined;
};

export type RetakeProxy = {
  /** Opens the port (default 0: a free one), starts the upstream, and resolves to the address, `http://127.0.0.1:8090`. */
  listen(at?: {readonly host?: string | undefined; readonly port?: number | undefined}): Promise<string>;
  readonly status: ProxyStatus;
  /**
   * The outcome of every request so far. Call it before `close`. It waits for answers that are being recorded although their clients have
   * left, for up to `finishTimeout` of the proxy or, if it is given, for that many milliseconds.
   */
  verdict(options?: FinishOptions): Promise<Verdict>;
  /** Closes all connections, finishes recordings as `verdict` does, saves the cassettes, and closes the upstream. */
  close(options?: FinishOptions & CloseOptions): Promise<void>;
};

export type FinishOptions = {
  /** Milliseconds; 0 gives up at once what no client waits for. */
  readonly finishTimeout?: number | undefined;
};

export type ProxyStatus = {
  /** Whether requests can be answered as the mode promises. */
  readonly ready: boolean;
  readonly mode: Mode;
  readonly cassette: string;
  readonly upstream?: UpstreamState;
};

const yieldNotice =
  'gave up an answer whose client had left, because another request waited for the model; it was not recorded';

/** Bounds memory in a server that clients send many names to. */
const noticeLimit = 100;

const sessionCassetteLimit = 10_000;

/** Connections that may wait to be accepted: with Node's default of 511, some of a thousand at once would be reset. */
const backlog = 4096;

/**
 * Creates a proxy. It answers requests after `listen`.
 * @throws RetakeError `invalid_setting` if an option is invalid, `no_cassette` in mode `replay` without a cassette, `cassette_invalid` or `settings_differ` if the cassette cannot be used
 */
export async function createProxy(given: ProxyOptions): Promise<RetakeProxy> {
  const options = {...given, cassette: concealPassword(given.cassette)};
  refuseUnknownMode(options.mode);
  const media = resolverOf(options.media ?? {});
  const {upstream, preferredDocuments = {}} = await upstreamOf(options);
  const cassettes = await openCassettes(options.cassette, {
    followLinks: options.followLinks,
    writable: options.allowModeOverride === true || modes[options.mode].onMiss === 'record',
    mustExist: mustExist(options),
    keySettings: options.keySettings ?? {},
    preferred: options.preferredDocuments ?? preferredDocuments,
    sharesSessions: options.sharedSessions,
    now: options.now ?? Date.now,
    log: options.onNotice ?? (() => {}),
    holdsRecordings: options.holdRecordings,
  });
  try {
    return composeProxy(options, {cassettes, media, upstream});
  } catch (error) {
    await cassettes.close();
    throw error;
  }
}

/** A strict replay needs cassettes; in other modes, one that does not exist is a new one. */
function mustExist({mode, allowModeOverride, allowMissingCassettes}: ProxyOptions) {
  if (allowModeOverride || modes[mode].onMiss !== 'fail') return undefined;
  return allowMissingCassettes ? 'when-used' : 'at-start';
}

function refuseUnknownMode(mode: string): void {
  if (isMode(mode)) return;
  throw new RetakeError(
    'invalid_setting',
    `Expected the option \`mode\` to be one of ${Object.keys(modes).join(', ')}, got ${JSON.stringify(mode)}`,
  );
}

/** The upstream, if the mode can need one. Options are opened by code that is loaded only then, so that a replay starts fast. */
async function upstreamOf({
  mode,
  allowModeOverride,
  upstream,
}: ProxyOptions): Promise<Partial<OpenedUpstream>> {
  if (upstream === undefined) return {};
  if (isUpstream(upstream)) return {upstream};
  if (modes[mode].onMiss === 'fail' && !allowModeOverride) return {};
  const {openUpstreamOption} = await import('./open-upstream-option.js');
  return openUpstreamOption(upstream);
}

function isUpstream(upstream: Upstream | UpstreamOptions): upstream is Upstream {
  return 'model' in upstream && typeof upstream.model === 'function';
}

function composeProxy(
  options: ProxyOptions,
  {cassettes, media, upstream}: {cassettes: Cassettes; media: MediaResolver; upstream: Upstream | undefined},
): RetakeProxy {
  const {cassette, mode, pace = 'instant', allowModeOverride = false, missStatus, now = Date.now} = options;
  const {
    onExchange,
    bodyLimit = 50 * 1024 * 1024,
    requestTimeout = 60_000,
    finishTimeout = 120_000,
  } = options;
  const finish = (milliseconds = finishTimeout) => finishRecordings(recordings, milliseconds);
  const guard = {allowedHosts: options.allowedHosts ?? [], corsOrigins: options.corsOrigins ?? []};
  const definitions = [...builtInDialects, ...(options.dialects ?? [])];
  const faults = createRequestFaults(
    createFaultPlan(options.faults ?? [], {
      ...{subject: 'the option `faults`', code: 'invalid_setting'},
      apis: definitions.map(({name}) => name),
    }),
  );
  const playhead = createPlayhead();
  const recordings = createRecordings({
    finishTimeout,
    slots: options.yieldSlots ? () => options.upstreamConcurrency ?? upstream?.slots : undefined,
    onYield: () => options.onNotice?.(yieldNotice),
  });
  const asked = upstream?.relay ?? questionsOnly(upstream?.model ?? noUpstream);
  const {upstreamConcurrency} = options;
  const model = upstreamConcurrency === undefined ? asked : limitConcurrency(asked, upstreamConcurrency);
  const chat = withCassette(model, {
    ...{cassettes, media, playhead, recordings, pace, now, missStatus},
    needsModelName: upstream?.needsModelName,
    answersRaw: upstream?.relay !== undefined,
    recordErrors: options.recordErrors,
  });

  const usage = createUsage();
  const sessions = createSessions({onEnd: id => memo.forget(id)});
  const ring = createExchangeRing({now});
  /** The cassettes of sessions: what their requests leave unused is reported even if there were none. */
  const sessionCassettes = new Set<string | undefined>();
  const noticed = new Set<string>();
  const noticeOnce = (message: string) => {
    if (noticed.has(message) || noticed.size >= noticeLimit) return;
    noticed.add(message);
    options.onNotice?.(message);
  };
  const refusedOnce = new Set<string>();
  const onRefusedByApi = (message: string) => {
    if (refusedOnce.has(message) || refusedOnce.size >= noticeLimit) return;
    refusedOnce.add(message);
    options.onRefusedByApi?.(message);
  };
  const onQuestion = (question: Question) => {
    usage.count(question);
    sessions.count(question);
    const {error} = question;
    if (error instanceof CassetteMiss) options.onMiss?.(error.report);
    if (error?.code === 'no_cassette') noticeOnce(error.message);
  };
  const metrics = createMetrics({
    gauges: () => ({ready: statusNow().ready, sessions: sessions.size, memo: memo.statistics}),
  });
  const onEnded = (ended: Ended) => {
    ring.add(ended);
    metrics.note(ended);
  };
  // Durations come from a clock that is never set.
  const exchanges = createExchangeLog({now: () => performance.now(), onQuestion, onExchange, onEnded});
  const memo = createReplayMemo({playhead, dialects: definitions, mayFault: faults.mayFault});
  const {objects} = cassettes;
  let ownAddress: string | undefined;
  const services: DialectServices = {
    now,
    localModel: () => upstream?.modelName,
    objects,
    send: request => sendToSelf(request, ownAddress),
  };
  const dialects = definitions.map(({create}) => create(services));
  const app = createHttpServer({dialects, guard, bodyLimit, requestTimeout, memo, exchanges});
  const playsAtOnce = pace === 'instant';
  const hasProvider = upstream?.relay !== undefined;
  const answering = {
    ...{chat, mode, allowModeOverride, playsAtOnce, hasProvider, now, objects},
    keepAlive: options.keepAlive,
    strictApi: hasProvider ? ('off' as const) : (options.strictApi ?? 'warn'),
    onRefusedByApi,
    authorize: upstream?.authorize,
    sessionSettings: sessions.settingsOf,
  };
  for (const dialect of dialects) {
    registerLocals(app, dialect, answering);
    registerQuestions(app, dialect, {...answering, memo, faults});
  }
  registerUnserved(app, answering);

  const statusNow = (): ProxyStatus =>
    omitUndefined({
      ready: modes[mode].onMiss === 'fail' || upstream?.state.phase === 'ready',
      mode,
      cassette,
      upstream: upstream?.state,
    });
  const verdictNow = async () => {
    for (const name of sessionCassettes) await includeCassette(usage, name, cassettes);
    return usage.verdict();
  };
  registerProbes(app, statusNow);
  registerMetrics(app, metrics);
  registerControl(app, {
    ...{sessions, exchanges: ring, cassettes, chat, dialects, mode, allowModeOverride, hasProvider},
    authorize: upstream?.authorize,
    inspector: options.inspector ?? {},
    status: statusNow,
    verdict: verdictNow,
    noteCassette: name => {
      if (sessionCassettes.size < sessionCassetteLimit) sessionCassettes.add(name);
    },
  });

  return {
    async listen({host = '127.0.0.1', port = 0} = {}) {
      const address = await openPort(() => app.listen({host, port, backlog}), port);
      ownAddress = address;
      upstream?.start();
      return address;
    },
    get status() {
      return statusNow();
    },
    async verdict(options) {
      await finish(options?.finishTimeout);
      const verdict = await verdictNow();
      const spent = upstream?.spent?.();
      return spent ? {...verdict, spent} : verdict;
    },
    async close(options) {
      app.server.closeAllConnections();
      await app.close();
      await finish(options?.finishTimeout);
      recordings.close();
      await closeAll(cassettes, upstream, options);
    },
  };
}

function resolverOf({
  allowedHosts = [],
  roots = [],
  thumbnails = true,
  originals = false,
  rasterizer,
}: MediaOptions): MediaResolver {
  return createMediaResolver({
    rasterizer: createRasterizer(rasterizer ?? {path: ''}),
    allowedHosts,
    roots,
    keepsThumbnails: thumbnails,
    keepsOriginals: originals,
  });
}

/** A model gets no raw questions: the cassette refuses them before. */
function questionsOnly(model: Model): LiveModel {
  return (request, context) => {
    if (request.operation !== 'raw') return model(request, context);
    throw new RetakeError('internal', 'A model was asked a raw question');
  };
}

const noUpstream: Model = () => ({
  [Symbol.asyncIterator]: () => ({
    next: () =>
      Promise.reject(
        new RetakeError('no_upstream', 'This request needs a model to answer it, and the proxy has none', {
          hint: 'Set the option `upstream`.',
        }),
      ),
  }),
});

async function openPort(listen: () => Promise<string>, port: number): Promise<string> {
  try {
    return await listen();
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause;
    if (cause.code === 'EADDRINUSE') {
      throw new RetakeError('port_in_use', `Port ${port} is in use by another program`, {
        hint: 'Stop it, or choose another port with the option `port`.',
        cause,
      });
    }
    throw new RetakeError('invalid_setting', `The address cannot be listened on: ${cause.message}`, {cause});
  }
}

/** Waits for recordings, and then gives up those that no client waits for. An upstream that does not heed that is not waited for. */
async function finishRecordings(recordings: Recordings, milliseconds: number): Promise<void> {
  // The clients of a command that has just ended may leave within this turn.
  await nextTurn();
  if (milliseconds > 0) await withinTime(recordings.settled(), milliseconds);
  recordings.abandon();
  await withinTime(recordings.settled(), 1000);
  // What ended last is counted within this turn.
  await nextTurn();
}

/** Closes the upstream even if a cassette could not be saved, and then throws that error. */
async function closeAll(
  cassettes: Cassettes,
  upstream: Upstream | undefined,
  {discard}: CloseOptions = {},
): Promise<void> {
  try {
    await cassettes.close({discard});
  } finally {
    await upstream?.close();
  }
}
