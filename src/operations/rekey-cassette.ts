import type {Rewriting} from '../cassette/file/rewrite-cassette.js';
import {type KeySettings, storedForm} from '../cassette/key/key-settings.js';
import {type RekeyCounts, rekeyRows} from '../cassette/maintenance/rekey-rows.js';
import {sameSettings} from '../cassette/rows/settings-rows.js';
import type {StoredCassette} from '../cassette/rows/stored-cassette.js';
import {rewriteStored} from '../cassette/stores/rewrite-stored.js';
import {RetakeError} from '../errors.js';

export type RekeyOptions = {
  /** A file, or the address of a cassette in a database. */
  readonly path: string;
  /** The new settings. Others stay as the cassette stores them. */
  readonly settings: Partial<KeySettings>;
  /** Without it the cassette is not changed. */
  readonly isWritten: boolean;
  readonly log?: (message: string) => void;
};

export type RekeyReport = RekeyCounts & {
  /** The settings that changed. */
  readonly hasNewSettings: boolean;
  readonly losses: readonly string[];
};

/** Changes the settings of a cassette and recomputes its keys; or only reports what would change. */
export async function rekeyCassette({path, settings, isWritten, log}: RekeyOptions): Promise<RekeyReport> {
  const rekey = async (file: StoredCassette | undefined): Promise<Rewriting<RekeyReport>> => {
    if (!file) throw new RetakeError('not_found', `There is no cassette at ${path}`);
    const {counts, losses, ...content} = await rekeyRows(file, path, {
      ...file.keySettings,
      ...storedForm(settings),
    });
    const hasNewSettings = !sameSettings(file, content.keySettings);
    const isOther = hasNewSettings || counts.changed > 0;
    return {...(isOther && {content}), result: {...counts, hasNewSettings, losses}};
  };
  return rewriteStored(path, rekey, {isWritten, log});
}
