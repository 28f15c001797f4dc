import {createSharedWork} from '../../async/share-work.js';
import type {Cassette, Reservation} from '../cassette.js';
import type {CassetteKey} from '../key/key.js';

/** Reserves keys of a cassette that other processes record into, too. Equal requests of this process share one reservation. */
export type Reservations = {
  /** Undefined if the processes of this cassette cannot know of each other. `signal` ends the waiting. */
  reserve(cassette: Cassette, key: CassetteKey, signal: AbortSignal): Promise<Reservation | undefined>;
};

export function createReservations(): Reservations {
  const shared = createSharedWork<Reservation>();
  return {
    async reserve(cassette, key, signal) {
      const {reserve} = cassette;
      if (!reserve) return undefined;
      return shared.join(`${cassette.name}\n${key}`, signal, async waiting => {
        const reservation = await reserve.call(cassette, key, waiting);
        if (reservation.kind === 'recorded') return reservation;
        let isReleased = false;
        const release = () => {
          if (!isReleased) reservation.release();
          isReleased = true;
        };
        // All callers have left meanwhile.
        if (waiting.aborted) release();
        waiting.throwIfAborted();
        return {kind: 'reserved', release};
      });
    },
  };
}
