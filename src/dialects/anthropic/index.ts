import type {Dialect} from '../dialect.js';
import {encodeError} from './encode-error.js';

/** The Anthropic API. None of its endpoints is served yet; requests to it are refused in its own shape. */
export const anthropic: Dialect = {name: 'anthropic', locate: () => undefined, endpoints: {}, encodeError};
