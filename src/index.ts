export type {Interaction, MatchingView} from './cassette/cassette.js';
export type {KeySettings} from './cassette/key-settings.js';
export type {MissReport} from './cassette/miss.js';
export type {Mode} from './cassette/modes.js';
export type {Pace} from './cassette/pace.js';
export type {Take} from './cassette/take.js';
export {type ErrorCode, RetakeError} from './errors.js';
export {
  createProxy,
  type Exchange,
  type Outcome,
  type Proxy,
  type ProxyOptions,
  type ProxyStatus,
} from './proxy.js';
export type {Upstream, UpstreamState} from './upstream/upstream.js';
export type {UnusedTake, Verdict} from './verdict.js';
