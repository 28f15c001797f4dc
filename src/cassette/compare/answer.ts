import {omitUndefined} from '../../chat/omit-undefined.js';
import {type Answer, foldRecorded} from '../../chat/reply.js';
import {isRaw} from '../key/redact-wire.js';
import type {Provenance, Take, TakeError} from '../take.js';
import {errorText} from './error-text.js';
import {rawText} from './raw-text.js';
import {withoutVolatileMembers} from './volatile-members.js';

/** The answer of a take, for every operation, without how it was cut into chunks. */
export type RecordedAnswer = Omit<Answer, 'answeredBy'> & {
  readonly provenance: Provenance;
  /** An answer that is kept in its provider's bytes only, as text for a reader. */
  readonly raw?: string | undefined;
  /** An error in place of an answer. */
  readonly error?: TakeError | undefined;
};

export function answerOf({chunks, provenance, wire, error}: Take): RecordedAnswer {
  const {answeredBy: _answeredBy, ...answer} = foldRecorded(chunks.map(({chunk}) => chunk));
  const raw = wire && isRaw({chunks, wire}) ? rawText(wire) : undefined;
  return {...answer, provenance, ...omitUndefined({raw: error ? errorText(error, wire) : raw, error})};
}

/** Whether an answer has no content. */
export function isEmpty({candidates, embeddings = [], tokens, raw}: RecordedAnswer): boolean {
  if (raw !== undefined) return false;
  const hasContent = candidates.some(
    ({text, refusal = '', toolCalls}) => `${text}${refusal}`.trim() !== '' || toolCalls.length > 0,
  );
  return !hasContent && embeddings.length === 0 && tokens === undefined;
}

/** The raw text of an answer as it is compared: without the ids and times that its provider makes up each time. */
export function comparedRaw({raw}: RecordedAnswer): string | undefined {
  return raw === undefined ? undefined : withoutVolatileMembers(raw);
}
