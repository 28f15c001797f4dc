import {aimock} from './aimock.js';
import {har} from './har.js';
import type {ForeignFormat} from './recorded-exchange.js';
import {vcr} from './vcr.js';

/** The files of other tools that can be imported, besides retake's own JSON lines. */
export const foreignFormats: readonly ForeignFormat[] = [har, vcr, aimock];
