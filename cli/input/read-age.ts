import {RetakeError} from '../../src/errors.js';

const day = 24 * 60 * 60 * 1000;
const units: Readonly<Record<string, number>> = {h: day / 24, d: day, w: 7 * day};

/**
 * The time that an age like `90d` names, or a date like `2026-11-01`, in Unix milliseconds.
 * @throws RetakeError `invalid_setting`
 */
export function readAge(text: string, now: number): number {
  const [, count, unit = ''] = /^(\d{1,6})([hdw])$/.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * (units[unit] ?? day);
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(time)) return time;
  throw new RetakeError('invalid_setting', `Expected --older-than to be an age or a date, got \`${text}\``, {
    hint: 'For instance: --older-than 90d, 12w, 36h, or 2026-11-01',
  });
}
