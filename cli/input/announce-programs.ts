import type {Config} from '../../src/config/load-config.js';
import {programsOfFile} from '../../src/config/upstream-options.js';
import {printNotice} from '../output/print-error.js';

/** Names what a configuration file lets retake run, before it runs. */
export function announcePrograms(config: Config): void {
  for (const program of programsOfFile(config)) printNotice(program);
}
