import type {CassetteKey} from '../key/key.js';
import type {TakeRow} from './take-row.js';

export type RecordedRows = {
  readonly key: CassetteKey;
  readonly request: string;
  readonly baseline: readonly TakeRow[];
  readonly recorded: readonly {readonly take: TakeRow; readonly replaces?: number}[];
};
