import {omitUndefined} from '../../chat/omit-undefined.js';
import {type FieldViolation, malformedMessage, unsupportedFields} from './field-violations.js';

/** Takes the place of an invalid value; its error is in the list. */
export const invalid = Symbol('invalid');
export type Invalid = typeof invalid;

/** The errors of a message, in the words and the order of Google's API front end. */
export class FaultList {
  readonly #violations: FieldViolation[] = [];
  readonly #refused: string[] = [];

  unknownName(name: string, path: string, problem: string): Invalid {
    return this.#add(path, `Invalid JSON payload received. Unknown name "${name}"${at(path)}: ${problem}`);
  }

  invalidValue(path: string, type: string, text: string): Invalid {
    return this.#add(path, `Invalid value${at(path)} (${type}), ${text}`);
  }

  /** A field that the real API accepts and retake does not serve. */
  refuse(path: string): void {
    this.#refused.push(path);
  }

  throwIfAny(): void {
    if (this.#violations.length > 0) throw malformedMessage(this.#violations.slice(0, mostListed));
    if (this.#refused.length > 0) throw unsupportedFields(this.#refused.slice(0, mostListed));
  }

  #add(path: string, description: string): Invalid {
    this.#violations.push(omitUndefined({field: path !== '' ? path : undefined, description}));
    return invalid;
  }
}

/** The maximum number of errors to report. */
const mostListed = 50;

function at(path: string): string {
  return path === '' ? '' : ` at '${path}'`;
}
