import {type Answer, foldRecorded} from '../../chat/reply.js';
import type {Provenance, Take} from '../take.js';

/** What a take says, whichever operation it answers and however it was cut into chunks. */
export type RecordedAnswer = Omit<Answer, 'answeredBy'> & {readonly provenance: Provenance};

export function answerOf({chunks, provenance}: Take): RecordedAnswer {
  const {answeredBy: _answeredBy, ...said} = foldRecorded(chunks.map(({chunk}) => chunk));
  return {...said, provenance};
}

/** Whether nothing at all was said. */
export function isSilent({candidates, embeddings = [], tokens}: RecordedAnswer): boolean {
  const hasSpoken = candidates.some(({text, toolCalls}) => text.trim() !== '' || toolCalls.length > 0);
  return !hasSpoken && embeddings.length === 0 && tokens === undefined;
}
