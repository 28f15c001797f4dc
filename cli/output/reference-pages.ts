import type {Command} from 'commander';
import {settingsPage} from '../../src/config/settings-page.js';
import {errorsPage} from '../../src/report/errors-page.js';
import {commandsPage} from './commands-page.js';

/** The generated pages of `docs/reference`, by file name. */
export function referencePages(program: Command): Readonly<Record<string, string>> {
  return {'cli.md': commandsPage(program), 'errors.md': errorsPage(), 'settings.md': settingsPage()};
}
