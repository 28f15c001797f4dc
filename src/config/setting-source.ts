import type {Setting} from './setting-list.js';

/** The place that a setting's value came from. */
export type SettingSource =
  | {readonly kind: 'file'; readonly path: string}
  | {readonly kind: 'variable'; readonly name: string}
  | {readonly kind: 'flag'; readonly flag: string};

/** One value as it was given, before the layers are merged. */
export type GivenSetting = {
  readonly setting: Setting;
  readonly value: unknown;
  readonly source: SettingSource;
};

export function describeSource(source: SettingSource): string {
  switch (source.kind) {
    case 'file':
      return `in ${source.path}`;
    case 'variable':
      return source.name;
    case 'flag':
      return source.flag;
  }
}
