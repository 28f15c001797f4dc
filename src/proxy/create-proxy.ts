import {createMediaResolver} from '../attachments/media-resolver.js';
import type {Cassettes} from '../cassette/file/cassette-folder.js';
import {openCassettes} from '../cassette/file/cassette-folder.js';
import type {DocumentSettings, KeySettings} from '../cassette/key/key-settings.js';
import type {MediaResolver} from '../cassette/media-resolver.js';
import {CassetteMiss, type MissReport} from '../cassette/miss.js';
import {type Mode, modes} from '../cassette/modes.js';
import type {Pace} from '../cassette/replay/pace.js';
import {createPlayhead} from '../cassette/replay/playhead.js';
import {type Announcement, withCassette} from '../cassette/replay/with-cassette.js';
import type {Model} from '../chat/model.js';
import type {DialectDefinition, DialectServices} from '../dialects/dialect.js';
import {builtInDialects} from '../dialects/registry.js';
import {createRasterizer, type RasterizerOptions} from '../documents/rasterizer.js';
import {RetakeError} from '../errors.js';
import {createExchangeLog, type Exchange} from '../http/exchange.js';
import {registerLocals} from '../http/local-route.js';
import {registerQuestions} from '../http/question-route.js';
import {createReplayMemo} from '../http/replay-memo.js';
import {createHttpServer} from '../http/server.js';
import type {Upstream, UpstreamState} from '../upstream/upstream.js';
import {createUsage} from './usage.js';
import type {Verdict} from './verdict.js';

export type ProxyOptions = {
  /** A `*.cassette` file, or a folder that holds one for each name. */
  readonly cassette: string;
  readonly mode: Mode;
  /** Who answers misses; without one every miss that would need it fails. Closed with the proxy. */
  readonly upstream?: Upstream;
  /** Settings that shape keys, as far as they are said; the rest is what the cassette remembers. */
  readonly keySettings?: Partial<KeySettings>;
  /** How documents become pages in a cassette that holds none yet, as far as `keySettings` leave it open. */
  readonly preferredDocuments?: Partial<DocumentSettings>;
  /** What is done with what clients attach. */
  readonly media?: MediaOptions;
  /** APIs that are spoken besides the built-in ones. */
  readonly dialects?: readonly DialectDefinition[];
  /** Default `instant`. */
  readonly pace?: Pace;
  /** Whether `x-retake-mode` may make a strict replay ask the upstream. Default false. */
  readonly allowModeOverride?: boolean;
  /** Host names besides loopback ones that a request may be addressed to; `*` allows any. */
  readonly allowedHosts?: readonly string[];
  /** Origins whose pages may ask from a browser; none by default, `*` allows any. */
  readonly corsOrigins?: readonly string[];
  /** Largest request body in bytes. Default 50 MiB. */
  readonly bodyLimit?: number;
  /** Milliseconds that a client may take to send its request. Default 60,000. */
  readonly requestTimeout?: number;
  /** Told once for each exchange, after its end. */
  readonly onExchange?: (exchange: Exchange) => void;
  /** Told why a question had no recording. */
  readonly onMiss?: (report: MissReport) => void;
  /** Told what is worth a line in a log: a session that was recovered, a flush that has to be tried again. */
  readonly onNotice?: (notice: string) => void;
  /** The clock, in Unix milliseconds. */
  readonly now?: () => number;
};

export type MediaOptions = {
  /** Hosts besides those of the public internet that attachments may be fetched from; none by default. */
  readonly allowedHosts?: readonly string[];
  /** Folders whose files clients may name; none by default. */
  readonly roots?: readonly string[];
  /** Whether small pictures of pages and images are kept for the reviewer. Default true. */
  readonly thumbnails?: boolean;
  /** Whether attachments are kept whole beside their takes. Default false. */
  readonly originals?: boolean;
  /** Where poppler is found, and how long it may take; without it, only PDFs that a cassette knows can be asked about. */
  readonly rasterizer?: RasterizerOptions;
};

export type RetakeProxy = {
  /** Opens the port (0: a free one) and resolves to the address, `http://127.0.0.1:8090`. */
  listen(at?: {readonly host?: string; readonly port?: number}): Promise<string>;
  readonly status: ProxyStatus;
  /** What became of every question so far; to be asked before `close`. */
  verdict(): Promise<Verdict>;
  /** Ends requests under way, flushes the cassettes, ends the upstream. */
  close(): Promise<void>;
};

export type ProxyStatus = {
  /** Whether what the mode promises can be served. */
  readonly ready: boolean;
  readonly mode: Mode;
  readonly cassette: string;
  readonly upstream?: UpstreamState;
};

/** Clients that may wait to be accepted: with Node's 511, a thousand that come at once would see some of them reset. */
const backlog = 4096;

/**
 * A proxy for these options; nothing listens yet.
 * @throws RetakeError `cassette_invalid` or `settings_differ` when the cassette cannot be used.
 */
export async function createProxy(options: ProxyOptions): Promise<RetakeProxy> {
  const {cassette, mode, upstream, pace = 'instant', allowModeOverride = false, now = Date.now} = options;
  const {onExchange, bodyLimit = 50 * 1024 * 1024, requestTimeout = 60_000} = options;
  const guard = {allowedHosts: options.allowedHosts ?? [], corsOrigins: options.corsOrigins ?? []};

  const cassettes = await openCassettes(cassette, {
    writable: allowModeOverride || modes[mode].onMiss === 'record',
    keySettings: options.keySettings ?? {},
    preferred: options.preferredDocuments ?? {},
    now,
    ...(options.onNotice && {log: options.onNotice}),
  });
  const playhead = createPlayhead();
  const media = resolverOf(options.media ?? {});
  const chat = withCassette(upstream?.model ?? noUpstream, {cassettes, media, playhead, pace, now});

  const usage = createUsage();
  const onQuestion = (announcement: Announcement | undefined, error: RetakeError | undefined) => {
    usage.count(announcement, error);
    if (error instanceof CassetteMiss) options.onMiss?.(error.report);
  };
  const exchanges = createExchangeLog({now, onQuestion, onExchange});
  const definitions = [...builtInDialects, ...(options.dialects ?? [])];
  const memo = createReplayMemo({playhead, dialects: definitions});
  const services: DialectServices = {now, localModel: () => upstream?.modelName};
  const dialects = definitions.map(({create}) => create(services));
  const server = createHttpServer({dialects, guard, bodyLimit, requestTimeout, memo, exchanges});
  const playsAtOnce = pace === 'instant';
  for (const dialect of dialects) {
    registerLocals(server, dialect, guard);
    registerQuestions(server, dialect, {chat, mode, allowModeOverride, playsAtOnce, guard, memo, exchanges});
  }

  const statusNow = (): ProxyStatus => ({
    ready: modes[mode].onMiss === 'fail' || upstream?.state.phase === 'ready',
    mode,
    cassette,
    ...(upstream && {upstream: upstream.state}),
  });
  server.app.route({
    method: ['GET', 'HEAD'],
    url: '/health',
    handler: (_request, reply) => {
      const status = statusNow();
      reply.code(status.ready ? 200 : 503).send({status: status.ready ? 'ok' : 'starting', ...status});
    },
  });

  return {
    async listen({host = '127.0.0.1', port = 0} = {}) {
      const address = await openPort(() => server.app.listen({host, port, backlog}), port);
      upstream?.start();
      return address;
    },
    get status() {
      return statusNow();
    },
    verdict: usage.verdict,
    async close() {
      server.app.server.closeAllConnections();
      await server.app.close();
      await closeAll(cassettes, upstream);
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

const noUpstream: Model = () => ({
  [Symbol.asyncIterator]: () => ({
    next: () =>
      Promise.reject(
        new RetakeError('no_upstream', 'This question needs a live model, and none was configured', {
          hint: 'Start retake with --model NAME or --upstream URL.',
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
        hint: 'Stop it, or choose another port with --port.',
        cause,
      });
    }
    throw new RetakeError('invalid_setting', `The address cannot be listened on: ${cause.message}`, {cause});
  }
}

/** The engine ends even when a cassette could not be saved; that failure is then told. */
async function closeAll(cassettes: Cassettes, upstream: Upstream | undefined): Promise<void> {
  try {
    await cassettes.close();
  } finally {
    await upstream?.close();
  }
}
