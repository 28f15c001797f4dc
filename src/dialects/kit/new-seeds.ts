import type {DialectServices} from '../dialect.js';

/** Texts from which ids are made, each another one: also among the processes that share their objects, so that none gives an id twice. */
export function newSeeds({objects}: Pick<DialectServices, 'objects'>): () => string {
  let count = 0;
  return () => objects?.newId() ?? `${++count}`;
}
