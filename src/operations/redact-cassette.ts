import type {RedactRule} from '../cassette/key/key-settings.js';
import {type RekeyOptions, type RekeyReport, rekeyCassette} from './rekey-cassette.js';

export type RedactOptions = Omit<RekeyOptions, 'settings'> & {
  /** Rules besides the built-in ones. Default: the rules that the cassette stores. */
  readonly rules: readonly RedactRule[] | undefined;
};

/** Replaces secrets in recorded requests and answers, and computes the keys of the redacted requests; or only reports what would change. */
export function redactCassette({rules, ...options}: RedactOptions): Promise<RekeyReport> {
  return rekeyCassette({...options, settings: rules ? {redact: [...rules]} : {}});
}
