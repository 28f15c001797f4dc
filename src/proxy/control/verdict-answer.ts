import type {Static} from '@sinclair/typebox';
import type {MissReport} from '../../cassette/miss.js';
import {omitUndefined} from '../../chat/omit-undefined.js';
import type {Verdict} from '../verdict.js';
import type {VerdictAnswer} from './schemas.js';

type Answer = Static<typeof VerdictAnswer>;

/** A verdict without the requests that were missed: their explanations say what matters. */
export function verdictAnswer(verdict: Verdict): Answer {
  return {
    ...verdict,
    misses: verdict.misses.map(missAnswer),
    repeated: [...verdict.repeated],
    used: [...verdict.used],
    unused: [...verdict.unused],
  };
}

export function missAnswer({
  cassette,
  key,
  question,
  message,
  nearest,
}: MissReport): Answer['misses'][number] {
  return omitUndefined({
    cassette,
    key,
    question,
    message,
    nearest: nearest && {...nearest, differences: [...nearest.differences]},
  });
}
