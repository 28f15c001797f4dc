import type {Setting} from './setting-list.js';

/** The source of a setting's value. */
export type SettingSource =
  | {readonly kind: 'file'; readonly path: string}
  | {readonly kind: 'variable'; readonly name: string}
  | {readonly kind: 'flag'; readonly flag: string};

/** One given value, before the layers are merged. */
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
