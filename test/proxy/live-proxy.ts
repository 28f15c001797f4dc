import type {ExecutionContext} from 'ava';
import type {ProxyOptions} from '../../src/index.js';
import {externalUpstream} from '../../src/upstream/openai-compatible/external-upstream.js';
import {type BuiltProxy, buildProxy} from '../support/build-proxy.js';
import {
  answering,
  type Script,
  type ScriptedUpstream,
  type ScriptedUpstreamOptions,
  scriptedUpstream,
} from '../support/scripted-upstream.js';

export type LiveProxy = BuiltProxy & {readonly upstream: ScriptedUpstream};

export type LiveProxyOptions = Partial<ProxyOptions> & {
  readonly script?: Script;
  readonly server?: ScriptedUpstreamOptions;
};

/** A proxy whose misses are answered by a scripted upstream: by default one that echoes. */
export async function liveProxy(t: ExecutionContext, options: LiveProxyOptions = {}): Promise<LiveProxy> {
  const {script, server, ...proxyOptions} = options;
  const upstream = await scriptedUpstream(t, script, server);
  const proxy = await buildProxy(t, {...proxyOptions, upstream: externalUpstream({url: upstream.url})});
  return {...proxy, upstream};
}

/** Answers every request with a different text: `answer 1`, `answer 2`, … */
export const counting: Script = exchange => answering([`answer ${exchange.index + 1}`])(exchange);
