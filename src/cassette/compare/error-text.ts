import type {WireAnswer} from '../../chat/wire.js';
import type {TakeError} from '../take.js';
import {rawText} from './raw-text.js';

/** A recorded error for a reader: its status and message, its headers, and the body that the provider sent. */
export function errorText({status, message, headers = {}}: TakeError, wire?: WireAnswer): string {
  const lines = [
    `HTTP ${status}: ${message}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return [lines.join('\n'), ...(wire ? [rawText(wire)] : [])].join('\n\n');
}
