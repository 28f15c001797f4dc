/** The library, for users: docs/library.md has an example of every name. The command line imports modules instead. */
export type {Cassette, Interaction} from './cassette/cassette.js';
export type {MissReport} from './cassette/miss.js';
export type {Mode} from './cassette/modes.js';
export type {Take} from './cassette/take.js';
export {type ErrorCode, RetakeError} from './errors.js';
export type {Exchange} from './http/exchange.js';
export {createProxy, diffCassettes, openCassette, renderDiff, verifyCassette} from './library.js';
export type {CassettesDiff, Comparison} from './operations/diff-cassettes.js';
export type {UpstreamOptions} from './proxy/open-upstream-option.js';
export type {ProxyOptions} from './proxy/proxy-options.js';
export type {RetakeProxy} from './proxy/retake-proxy.js';
export type {Verdict} from './proxy/verdict.js';
export type {Upstream} from './upstream/upstream.js';
