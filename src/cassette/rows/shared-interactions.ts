import {recentlyUsed} from '../../collections/recently-used.js';
import type {Interaction} from '../cassette.js';
import {type InteractionRow, readInteraction, requireIntact} from './interaction-row.js';

/** So many interactions are known at most; a reference to one that is no longer played takes little. */
const knownLimit = 1000;

/**
 * Reads interactions, and shares one as long as it is in use: many streams that play the same answer at its recorded pace hold its chunks
 * once. What identifies it are the digests of its row, which are checked each time.
 */
export class SharedInteractions {
  readonly #known = recentlyUsed<string, WeakRef<Interaction>>(knownLimit);

  /** @throws RetakeError `cassette_invalid` */
  read(path: string, row: InteractionRow): Interaction {
    const id = [row.key, ...row.takes.map(({digest}) => digest.toString('base64'))].join(' ');
    const known = this.#known.get(id)?.deref();
    if (known) {
      requireIntact(path, row);
      return known;
    }
    const interaction = readInteraction(path, row);
    this.#known.set(id, new WeakRef(interaction));
    return interaction;
  }
}
