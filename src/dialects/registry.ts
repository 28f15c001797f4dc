import {anthropic} from './anthropic/index.js';
import type {DialectDefinition} from './dialect.js';
import {gemini} from './gemini/index.js';
import {openai} from './openai/index.js';

/** All APIs that retake serves. If two claim a request equally, the first one gets it. */
export const builtInDialects: readonly DialectDefinition[] = [gemini, anthropic, openai];
