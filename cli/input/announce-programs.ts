import type {Config} from '../../src/config/load-config.js';
import {programsOfFile} from '../../src/config/upstream-options.js';
import {noticeLine} from '../output/json-lines.js';

/** Names what a configuration file lets retake run, before it runs. */
export function announcePrograms(config: Config): void {
  for (const program of programsOfFile(config)) process.stderr.write(`${noticeLine(program, config)}\n`);
}
