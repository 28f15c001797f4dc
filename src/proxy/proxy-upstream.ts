import {modes} from '../cassette/modes.js';
import type {LiveModel} from '../cassette/replay/with-cassette.js';
import type {Model} from '../chat/model.js';
import {RetakeError} from '../errors.js';
import {limitConcurrency} from '../upstream/limit-concurrency.js';
import type {Upstream} from '../upstream/upstream.js';
import type {OpenedUpstream, UpstreamOptions} from './open-upstream-option.js';
import type {ProxyOptions} from './proxy-options.js';

/** The upstream, if the mode can need one. Options are opened by code that is loaded only then, so that a replay starts fast. */
export async function upstreamOf({
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

/** What answers the requests that are not recorded. */
export function liveModelOf(
  upstream: Upstream | undefined,
  {upstreamConcurrency}: Pick<ProxyOptions, 'upstreamConcurrency'>,
): LiveModel {
  const model = upstream?.relay ?? questionsOnly(upstream?.model ?? noUpstream);
  return upstreamConcurrency === undefined ? model : limitConcurrency(model, upstreamConcurrency);
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
