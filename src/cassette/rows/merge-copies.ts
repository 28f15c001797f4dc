import {documentSettingsOf, type KeySettings} from '../key/key-settings.js';
import {type InteractionRow, refuseCollision} from './interaction-row.js';
import {comparableTake} from './merge-rows.js';
import {uniteTakes} from './merge-takes.js';
import {requireSameSettings, type StoredSettings} from './settings-rows.js';
import type {AnyIterable, StoredInteraction} from './stored-cassette.js';

/**
 * An interaction of one cassette with the takes of its copy in another; the very row that was given if it has them all. Into nothing, a copy
 * is the same.
 * @throws RetakeError `cassette_invalid` when a take of either is damaged
 */
export function uniteRows(
  path: string,
  mine: InteractionRow | undefined,
  copy: InteractionRow,
): InteractionRow {
  if (mine) refuseCollision(path, mine.key, copy.key);
  const prepare = (row: InteractionRow) =>
    row.takes.map((take, position) => comparableTake(path, row.key, take, position));
  const copied = prepare(copy);
  if (!mine) return copy;
  const current = prepare(mine);
  const united = uniteTakes(current, copied);
  const isSame =
    united.length === current.length &&
    united.every(({identity}, index) => identity === current[index]?.identity);
  return isSame ? mine : {...mine, takes: united.map(({take}) => take)};
}

/**
 * The settings of a cassette that gets the content of another one.
 * @throws RetakeError `settings_differ` if their keys would not match
 */
export function settingsWithCopy(
  path: string,
  mine: StoredSettings | undefined,
  copy: StoredSettings,
): KeySettings {
  if (!mine) return copy.keySettings;
  const hasDocuments = mine.hasDocuments && copy.hasDocuments;
  requireSameSettings(path, {keySettings: mine.keySettings, hasDocuments}, copy.keySettings);
  const isFirst = copy.hasDocuments && !mine.hasDocuments;
  return isFirst ? {...mine.keySettings, ...documentSettingsOf(copy.keySettings)} : mine.keySettings;
}

/** The rows of a cassette with those of another one in their places; both come in the order of their ids. */
export async function* mergeCopies(
  path: string,
  mine: Iterable<StoredInteraction>,
  copies: AnyIterable<StoredInteraction>,
): AsyncIterable<StoredInteraction> {
  const stored = mine[Symbol.iterator]();
  try {
    let next = stored.next();
    for await (const {id, row} of copies) {
      for (; !next.done && next.value.id < id; next = stored.next()) yield next.value;
      const isShared = !next.done && next.value.id === id;
      yield {id, row: uniteRows(path, isShared && !next.done ? next.value.row : undefined, row)};
      if (isShared) next = stored.next();
    }
    for (; !next.done; next = stored.next()) yield next.value;
  } finally {
    stored.return?.();
  }
}
