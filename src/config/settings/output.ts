import {Type} from '@sinclair/typebox';
import {given} from '../places.js';

/** What retake prints. */
export const outputSettings = {
  log: Type.Union([Type.Literal('text'), Type.Literal('json'), Type.Literal('none')], {
    default: 'text',
    description: 'Request log on stderr: text, json or none',
    ...given({placeholder: 'format'}),
  }),
  quiet: Type.Boolean({default: false, description: 'Suppress the banner and progress'}),
};
