import {createMediaResolver} from '../attachments/media-resolver.js';
import type {Cassettes} from '../cassette/cassettes.js';
import type {MediaResolver} from '../cassette/media-resolver.js';
import {CassetteMiss} from '../cassette/miss.js';
import {isMode, modes} from '../cassette/modes.js';
import {concealPassword} from '../cassette/postgres/store-address.js';
import {createPlayhead} from '../cassette/replay/playhead.js';
import {createRecordings} from '../cassette/replay/recordings.js';
import {withCassette} from '../cassette/replay/with-cassette.js';
import {openCassettes} from '../cassette/stores/open-cassettes.js';
import {omitUndefined} from '../chat/omit-undefined.js';
import type {DialectServices} from '../dialects/dialect.js';
import {builtInDialects} from '../dialects/registry.js';
import {createRasterizer} from '../documents/rasterizer.js';
import {RetakeError} from '../errors.js';
import {createFaultPlan} from '../faults/fault-plan.js';
import {registerEndpoints} from '../http/endpoint-route.js';
import type {Ended, Question} from '../http/exchange.js';
import {createExchangeLog} from '../http/exchange-log.js';
import {registerUnserved} from '../http/raw-route.js';
import {createReplayMemo} from '../http/replay-memo.js';
import {createRequestFaults} from '../http/request-fault.js';
import {createHttpServer} from '../http/server.js';
import type {Upstream} from '../upstream/upstream.js';
import {createExchangeRing} from './control/exchange-ring.js';
import {createSessions, includeCassette} from './control/sessions.js';
import {closeAll, finishRecordings} from './end-proxy.js';
import {createMetrics} from './metrics/metrics.js';
import {onceEach} from './once-each.js';
import {openPort} from './open-port.js';
import type {MediaOptions, ProxyOptions} from './proxy-options.js';
import {liveModelOf, upstreamOf} from './proxy-upstream.js';
import {registerControl, registerMetrics, registerProbes} from './register-services.js';
import type {ProxyStatus, RetakeProxy} from './retake-proxy.js';
import {sendToSelf} from './send-to-self.js';
import {createUsage} from './usage.js';

const yieldNotice =
  'gave up an answer whose client had left, because another request waited for the model; it was not recorded';

/** Bounds memory in a server that clients send many names to. */
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
  const chat = withCassette(liveModelOf(upstream, options), {
    ...{cassettes, media, playhead, recordings, pace, now, missStatus},
    needsModelName: upstream?.needsModelName,
    answersRaw: upstream?.relay !== undefined,
    recordErrors: options.recordErrors,
    secrets: upstream?.secrets,
  });

  const usage = createUsage();
  const sessions = createSessions({onEnd: id => memo.forget(id)});
  const ring = createExchangeRing({now});
  /** The cassettes of sessions: what their requests leave unused is reported even if there were none. */
  const sessionCassettes = new Set<string | undefined>();
  const noticeOnce = onceEach(options.onNotice);
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
    onRefusedByApi: onceEach(options.onRefusedByApi),
    authorize: upstream?.authorize,
    sessionSettings: sessions.settingsOf,
  };
  registerEndpoints(app, dialects, {...answering, memo, faults});
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
      const {spent, tokenLimit} = upstream ?? {};
      return {...verdict, ...omitUndefined({spent: spent?.(), tokenLimit})};
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
