import {toRetakeError} from '../../errors.js';
import type {Upstream, UpstreamState} from '../upstream.js';
import {type HttpModelOptions, httpModel} from './http-model.js';

/**
 * An OpenAI-compatible server that retake does not run itself.
 * @throws RetakeError `invalid_setting` if the address or the credential is invalid
 */
export function externalUpstream(options: HttpModelOptions): Upstream {
  const http = httpModel(options);
  const name = http.address;
  let modelName: string | undefined;
  let slots: number | undefined;
  let state: UpstreamState = {phase: 'idle', name, detail: `upstream ${name}: no request yet`};
  const becomeReady = () => {
    state = {phase: 'ready', name, detail: `upstream ${name}: ready`};
  };
  const becomeFailed = (error: unknown) => {
    const {code, message} = toRetakeError(error);
    if (code !== 'client_closed') state = {phase: 'failed', name, detail: message};
  };

  const ready = async (signal?: AbortSignal) => {
    if (state.phase === 'idle' || state.phase === 'failed') {
      state = {phase: 'starting', name, detail: `upstream ${name}: connecting`};
    }
    try {
      ({model: modelName, slots} = await http.describe(signal));
      becomeReady();
    } catch (error) {
      becomeFailed(error);
      throw error;
    }
  };

  return {
    get state() {
      return state;
    },
    get modelName() {
      return modelName;
    },
    get slots() {
      return slots;
    },
    start() {
      // The state keeps a failure, and the next request reports it.
      ready().catch(() => {});
    },
    ready,
    secrets: http.secrets,
    needsModelName: signal => http.needsModelName(signal),
    async *model(request, context) {
      try {
        for await (const chunk of http.ask(request, context)) {
          if (chunk.type === 'reply-start') becomeReady();
          yield chunk;
        }
      } catch (error) {
        if (['upstream_unavailable', 'upstream_unauthorized'].includes(toRetakeError(error).code))
          becomeFailed(error);
        throw error;
      }
    },
    close: () => http.close(),
  };
}
