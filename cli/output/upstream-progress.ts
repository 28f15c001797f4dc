import {optionsAsFlags} from '../../src/config/option-flags.js';
import type {Upstream, UpstreamState} from '../../src/upstream/upstream.js';
import type {ConsoleLines} from './console-lines.js';
import {printableLine} from './printable.js';

/** Shows the progress of the upstream until it is ready or has failed; the returned function stops that. */
export function followUpstream(upstream: Upstream, lines: ConsoleLines): () => void {
  let isFollowing = true;
  const stop = () => {
    if (!isFollowing) return;
    isFollowing = false;
    clearInterval(timer);
    lines.clearProgress();
  };
  const timer = setInterval(() => {
    const {state} = upstream;
    switch (state.phase) {
      case 'idle':
        return;
      case 'fetching':
      case 'starting':
        return lines.progress(describeState(state));
      case 'ready':
        stop();
        return lines.print(describeState(state));
      case 'failed':
        return stop();
    }
  }, interval);
  return stop;
}

/** The upstream and its state, on one line. */
export function describeState({phase, name, detail}: UpstreamState): string {
  return printableLine(detail === '' ? `${name}: ${phase}` : optionsAsFlags(detail));
}

const interval = 200;
