import {type Answer, foldRecorded} from '../../chat/reply.js';
import type {Provenance, Take} from '../take.js';

/** The answer of a take, for every operation, without how it was cut into chunks. */
export type RecordedAnswer = Omit<Answer, 'answeredBy'> & {readonly provenance: Provenance};

export function answerOf({chunks, provenance}: Take): RecordedAnswer {
  const {answeredBy: _answeredBy, ...answer} = foldRecorded(chunks.map(({chunk}) => chunk));
  return {...answer, provenance};
}

/** Whether an answer has no content. */
export function isEmpty({candidates, embeddings = [], tokens}: RecordedAnswer): boolean {
  const hasContent = candidates.some(({text, toolCalls}) => text.trim() !== '' || toolCalls.length > 0);
  return !hasContent && embeddings.length === 0 && tokens === undefined;
}
