import {github} from './github.js';
import {html} from './html.js';
import {json} from './json.js';
import {markdown} from './markdown.js';
import type {ReportFormat} from './report-format.js';
import {sarif} from './sarif.js';
import {terminal} from './terminal.js';

export const reportFormats = {
  terminal,
  markdown,
  html,
  json,
  sarif,
  github,
} as const satisfies Record<string, ReportFormat>;

export type ReportFormatName = keyof typeof reportFormats;
