import {cassettePaths} from '../file/cassette-paths.js';
import type {CommittedFile} from '../file/committed-file.js';
import {type Rewriting, rewriteCassette} from '../file/rewrite-cassette.js';
import type {NamedFact, StoreRewriting} from '../postgres/rewrite-store.js';
import {isStoreAddress} from '../postgres/store-address.js';
import {addFactRow, factTables, identityOf, noFactRows} from '../rows/fact-rows.js';
import type {SortedFacts} from '../rows/sorted-facts.js';
import {openStored, snapshot, withStoreContent} from './open-stored.js';

export type RewriteOptions = {
  /** Without it nothing is changed. */
  readonly isWritten?: boolean | undefined;
  /** Called with notices that are not errors. */
  readonly log?: ((message: string) => void) | undefined;
};

/**
 * Replaces the content of a cassette in a file or a database: all of it or nothing. No other process records meanwhile.
 * @throws RetakeError `cassette_invalid`, `cassette_write_failed`, `store_unavailable`
 */
export async function rewriteStored<Result>(
  place: string,
  rewrite: (current: CommittedFile | undefined) => Promise<Rewriting<Result>>,
  {isWritten = true, log}: RewriteOptions = {},
): Promise<Result> {
  if (!isWritten) {
    const current = await openStored(place);
    try {
      return (await rewrite(current)).result;
    } finally {
      current?.close();
    }
  }
  if (!isStoreAddress(place)) return rewriteCassette(cassettePaths(place), rewrite, log);
  return withStoreContent(place, store => {
    let opened: CommittedFile | undefined;
    return store
      .rewrite(async content => {
        opened?.close();
        opened = content && (await snapshot(place, content));
        const {content: after, result} = await rewrite(opened);
        const rewriting = after && {...rewritingOf(opened, after), before: content?.interactions ?? []};
        return {rewriting, result};
      })
      .finally(() => opened?.close());
  });
}

function rewritingOf(
  before: CommittedFile | undefined,
  {keySettings, interactions, facts}: NonNullable<Rewriting<unknown>['content']>,
): Omit<StoreRewriting, 'before'> {
  const old = identities(before?.facts);
  const current = facts ? identities(facts) : old;
  const removedFacts = namedFacts(before?.facts, identity => !current.has(identity));
  const addedFacts = noFactRows();
  for (const {table, row} of namedFacts(facts, identity => !old.has(identity)))
    addFactRow(addedFacts, table, row as never);
  return {
    keySettings,
    withDocuments: (facts ?? before?.facts)?.hasRenders ?? false,
    after: interactions,
    removedFacts,
    addedFacts,
  };
}

function identities(facts: SortedFacts | undefined): ReadonlySet<string> {
  const found = new Set<string>();
  if (!facts) return found;
  for (const table of factTables)
    for (const row of facts.rows(table)) found.add(`${table}\n${identityOf(table, row)}`);
  return found;
}

function namedFacts(
  facts: SortedFacts | undefined,
  isWanted: (identity: string) => boolean,
): readonly NamedFact[] {
  const found: NamedFact[] = [];
  if (!facts) return found;
  for (const table of factTables) {
    for (const row of facts.rows(table))
      if (isWanted(`${table}\n${identityOf(table, row)}`)) found.push({table, row});
  }
  return found;
}
