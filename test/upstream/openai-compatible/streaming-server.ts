import type {ExecutionContext} from 'ava';
import {type BuiltProxy, buildProxy} from '../../support/build-proxy.js';
import {scriptedUpstream} from '../../support/scripted-upstream.js';

/** A proxy in front of a server that is no llama-server, and answers each request with these deltas. */
export async function proxyOfDeltas(
  t: ExecutionContext,
  model: string,
  deltas: readonly object[],
  finish: string,
): Promise<BuiltProxy> {
  const chunk = (delta: object, reason: string | null = null) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model,
    choices: [{index: 0, delta, finish_reason: reason}],
  });
  const upstream = await scriptedUpstream(
    t,
    async exchange => {
      for (const delta of deltas) await exchange.event(chunk(delta));
      await exchange.event(chunk({}, finish));
      await exchange.write('data: [DONE]\n\n');
      exchange.end();
    },
    {props: null, models: [model]},
  );
  return buildProxy(t, {upstream: {url: upstream.url}, mode: 'auto'});
}
