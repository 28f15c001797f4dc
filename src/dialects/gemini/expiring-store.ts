import {RetakeError} from '../../errors.js';
import type {Numbered} from './page.js';

/** An object that a client stores until it expires. */
export type Kept = {
  readonly id: string;
  /** Its size in bytes. */
  readonly size: number;
  /** Unix milliseconds. */
  readonly expiresAt: number;
};

export type StoreOptions = {
  readonly now: () => number;
  /** What the store contains, for errors: `uploaded files`. */
  readonly noun: string;
  readonly maxBytes: number;
  readonly maxCount: number;
  /** Whether the oldest items make room for new ones. */
  readonly evicts?: boolean | undefined;
};

/** A bounded store of expiring objects in insertion order. It rejects objects that do not fit, unless it evicts the oldest ones. */
export class ExpiringStore<Item extends Kept> {
  readonly #options: StoreOptions;
  readonly #items = new Map<string, Numbered<Item>>();
  #count = 0;
  #size = 0;

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  get(id: string): Item | undefined {
    this.#dropExpired();
    return this.#items.get(id)?.item;
  }

  list(): readonly Numbered<Item>[] {
    this.#dropExpired();
    return [...this.#items.values()];
  }

  /** Adds an item, or replaces the one with its id. @throws RetakeError `request_too_large` if it does not fit */
  put(item: Item): void {
    this.#dropExpired();
    if (this.#options.evicts) this.#makeRoom(item);
    const before = this.#items.get(item.id);
    const size = this.#size - (before?.item.size ?? 0) + item.size;
    const {noun, maxBytes, maxCount} = this.#options;
    if (size > maxBytes || (!before && this.#items.size >= maxCount)) {
      throw new RetakeError(
        'request_too_large',
        `No room is left: at most ${maxCount} ${noun} of ${maxBytes} bytes together are kept`,
        {hint: 'Delete some that are no longer needed.'},
      );
    }
    this.#size = size;
    this.#items.set(item.id, {number: before?.number ?? this.#count++, item});
  }

  delete(id: string): void {
    this.#size -= this.#items.get(id)?.item.size ?? 0;
    this.#items.delete(id);
  }

  #makeRoom({id, size}: Item): void {
    const {maxBytes, maxCount} = this.#options;
    this.delete(id);
    for (const oldest of this.#items.keys()) {
      if (this.#size + size <= maxBytes && this.#items.size < maxCount) return;
      this.delete(oldest);
    }
  }

  #dropExpired(): void {
    const now = this.#options.now();
    for (const [id, {item}] of this.#items) if (item.expiresAt <= now) this.delete(id);
  }
}
