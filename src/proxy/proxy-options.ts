import type {DocumentSettings, KeySettings} from '../cassette/key/key-settings.js';
import type {MissReport} from '../cassette/miss.js';
import type {Mode} from '../cassette/modes.js';
import type {Pace} from '../cassette/replay/pace.js';
import type {DialectDefinition} from '../dialects/dialect.js';
import type {RasterizerOptions} from '../documents/rasterizer.js';
import type {FaultRule} from '../faults/fault-rule.js';
import type {OnExchange} from '../http/exchange.js';
import type {StrictApi} from '../http/strict-api.js';
import type {Upstream} from '../upstream/upstream.js';
import type {InspectorOptions} from './inspector/services.js';
import type {UpstreamOptions} from './open-upstream-option.js';

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
  readonly onExchange?: OnExchange | undefined;
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
