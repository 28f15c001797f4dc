import {Value} from '@sinclair/typebox/value';
import {RetakeError} from '../../errors.js';
import {canonicalJson, isSameJson} from '../key/key.js';
import {
  DocumentSettings,
  defaultKeySettings,
  documentSettingsOf,
  KeySettings,
  storedForm,
  withoutRuleNumbers,
} from '../key/key-settings.js';
import {invalidCassette} from './invalid-cassette.js';

export type SettingRow = {readonly name: string; readonly value: string};

/** Key settings as rows, sorted by name. Document settings are stored with the first document. */
export function settingsRows(
  settings: KeySettings,
  {withDocuments}: {readonly withDocuments: boolean},
): SettingRow[] {
  return settingNames
    .filter(name => withDocuments || !isDocumentSetting(name))
    .map(name => ({name, value: canonicalJson(settings[name])}));
}

/** @throws RetakeError `cassette_invalid` */
export function readSettings(path: string, rows: readonly SettingRow[]): KeySettings {
  const settings: unknown = {
    ...defaultKeySettings,
    ...Object.fromEntries(rows.map(({name, value}) => [name, parseValue(path, name, value)])),
  };
  if (!Value.Check(KeySettings, settings)) {
    const first = Value.Errors(KeySettings, settings).First();
    throw invalidCassette(path, `has invalid settings: ${first?.path ?? ''} ${first?.message ?? ''}`);
  }
  return settings;
}

export type StoredSettings = {
  readonly keySettings: KeySettings;
  /** Whether the document settings are the cassette's own: before the first document they bind no session. */
  readonly hasDocuments: boolean;
};

/**
 * The settings to use: the cassette's own, or for a new one the requested, then the preferred, then the default ones.
 * @throws RetakeError `settings_differ` if an existing cassette has other settings than requested.
 */
export function resolveSettings(
  path: string,
  existing: StoredSettings | undefined,
  {asked, preferred}: {readonly asked: Partial<KeySettings>; readonly preferred: Partial<DocumentSettings>},
): KeySettings {
  const open = {...defaultKeySettings, ...preferred};
  const base = existing
    ? {...existing.keySettings, ...(!existing.hasDocuments && documentSettingsOf(open))}
    : open;
  const wanted: KeySettings = {...base, ...storedForm(definedMembers(asked))};
  if (existing) requireSameSettings(path, existing, wanted);
  return wanted;
}

/** @throws RetakeError `settings_differ` */
export function requireSameSettings(
  path: string,
  {keySettings: existing, hasDocuments}: StoredSettings,
  wanted: KeySettings,
): void {
  for (const name of settingNames) {
    if (!hasDocuments && isDocumentSetting(name)) continue;
    const [found, expected] = [canonicalJson(existing[name]), canonicalJson(wanted[name])];
    if (found === expected) continue;
    throw new RetakeError(
      'settings_differ',
      `The cassette ${path} was recorded with ${name} = ${found}, and the settings now say ${name} = ${expected}.`,
      {
        hint:
          name === 'ignore' && canonicalJson(withoutRuleNumbers(wanted.ignore)) === found
            ? 'Masks of ignored values have numbers now, so that two dates that change places make another request. Recompute the keys: retake rekey. Or keep them, with "number": false in each rule that has a pattern.'
            : `This setting shapes the keys, so no recording would match. Set ${name} back, use another cassette, or recompute the keys: retake rekey`,
      },
    );
  }
}

export function sameSettings({keySettings, hasDocuments}: StoredSettings, others: KeySettings): boolean {
  return settingNames.every(
    name => (!hasDocuments && isDocumentSetting(name)) || isSameJson(keySettings[name], others[name]),
  );
}

function isDocumentSetting(name: keyof KeySettings): name is keyof DocumentSettings {
  return Object.hasOwn(DocumentSettings.properties, name);
}

const settingNames = (Object.keys(defaultKeySettings) as (keyof KeySettings)[]).sort();

function definedMembers(asked: Partial<KeySettings>): Partial<KeySettings> {
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
}

function parseValue(path: string, name: string, value: string): unknown {
  try {
    return JSON.parse(value);
  } catch (cause) {
    throw invalidCassette(path, `has a setting "${name}" that is not JSON`, undefined, cause);
  }
}
