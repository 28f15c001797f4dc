import type {Dialect, DialectServices} from '../dialect.js';
import {encodeError} from './encode-error.js';

/** The Anthropic API. None of its endpoints is served yet; requests to it are refused in its own shape. */
export function createAnthropic(_services: DialectServices): Dialect {
  return {name: 'anthropic', locate: () => undefined, endpoints: {}, encodeError};
}
