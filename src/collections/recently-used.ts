import {LRUCache} from 'lru-cache';

/**
 * A map of at most `limit` entries, which drops the one that was used longest ago. lru-cache with `max` allocates room for all entries at
 * once, which for some thousands takes a millisecond of the start.
 */
export function recentlyUsed<Key extends {}, Value extends {}>(
  limit: number,
  options: {readonly dispose?: (value: Value) => void} = {},
): LRUCache<Key, Value> {
  return new LRUCache<Key, Value>({maxSize: limit, sizeCalculation: () => 1, ...options});
}
