import {type Cache, cacheIdOf, cacheMissing} from './caches/cache.js';
import type {ExpiringStore} from './expiring-store.js';
import {fileIdOf, fileMissing, type UploadedFile} from './files/uploaded-file.js';

export type Stores = {
  readonly files: ExpiringStore<UploadedFile>;
  readonly caches: ExpiringStore<Cache>;
};

/** The stored objects that one request refers to. */
export class KeptContent {
  readonly #stores: Stores;
  readonly #host: string | undefined;
  #wasUsed = false;

  /** `host` is where the request was sent: a URI of this proxy means its own files. */
  constructor(stores: Stores, host: string | undefined) {
    this.#stores = stores;
    this.#host = host;
  }

  /** Whether the request refers to stored objects. */
  get wasUsed(): boolean {
    return this.#wasUsed;
  }

  /** The uploaded file of a URI; undefined for other URIs. @throws RetakeError `not_found` */
  file(uri: string): UploadedFile | undefined {
    const id = fileIdOf(uri, this.#host);
    if (id === undefined) return undefined;
    this.#wasUsed = true;
    const file = this.#stores.files.get(id);
    if (!file) throw fileMissing(id);
    return file;
  }

  /** @throws RetakeError `not_found` */
  cache(name: string): Cache {
    this.#wasUsed = true;
    const id = cacheIdOf(name);
    const cache = id === undefined ? undefined : this.#stores.caches.get(id);
    if (!cache) throw cacheMissing();
    return cache;
  }
}
