import {anthropic} from './anthropic/index.js';
import type {DialectDefinition} from './dialect.js';
import {gemini} from './gemini/index.js';
import {openai} from './openai/index.js';

/** Every API that retake speaks. Where two claim a request equally, the first one has it. */
export const builtInDialects: readonly DialectDefinition[] = [gemini, anthropic, openai];
