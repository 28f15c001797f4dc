/** The library, for users: docs/library.md has an example of every name. The command line imports modules instead. */
export type {Cassette, Interaction} from './cassette/cassette.js';
export {openCassetteFile as openCassette} from './cassette/file/open-cassette-file.js';
export type {MissReport} from './cassette/miss.js';
export type {Mode} from './cassette/modes.js';
export type {Take} from './cassette/take.js';
export {type ErrorCode, RetakeError} from './errors.js';
export type {Exchange} from './http/exchange.js';
export {type CassettesDiff, type Comparison, diffCassettes} from './operations/diff-cassettes.js';
export {verifyCassette} from './operations/verify-cassette.js';
export {createProxy, type ProxyOptions, type RetakeProxy} from './proxy/create-proxy.js';
export type {UpstreamOptions} from './proxy/open-upstream-option.js';
export type {Verdict} from './proxy/verdict.js';
export {renderDiff} from './report/render-diff.js';
export type {Upstream} from './upstream/upstream.js';
