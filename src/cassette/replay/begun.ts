import {recentlyUsed} from '../../collections/recently-used.js';
import type {PlayheadPosition} from './playhead.js';

/** Which questions a session has begun to record and asks on: those that are polled, and those that have failed. */
export function createBegun() {
  const known = recentlyUsed<string, true>(10_000);
  const idOf = ({session, cassette, key}: PlayheadPosition) => JSON.stringify([session, cassette, key]);
  return {
    has: (position: PlayheadPosition) => known.has(idOf(position)),
    add: (position: PlayheadPosition) => void known.set(idOf(position), true),
    delete: (position: PlayheadPosition) => void known.delete(idOf(position)),
  };
}
