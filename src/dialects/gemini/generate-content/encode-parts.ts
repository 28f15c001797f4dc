import {type AnswerPart, spokenParts} from '../../../chat/answer-parts.js';
import type {AnswerOptions, WirePart} from './response.js';

/** The parts of a candidate in their order, without the calls if the API cannot express them. An empty candidate still has one empty part. */
export function encodeParts(
  parts: readonly AnswerPart[],
  calls: readonly WirePart[] | undefined,
  {includeThoughts}: Pick<AnswerOptions, 'includeThoughts'>,
): readonly WirePart[] {
  const expressed = calls === undefined ? parts.filter(({type}) => type !== 'call') : parts;
  const encoded = spokenParts(expressed, {hasReasoning: includeThoughts}).flatMap(
    (part): readonly WirePart[] => {
      if (part.type === 'reasoning') return [{text: part.text, thought: true}];
      if (part.type === 'text') return part.text === '' ? [] : [{text: part.text}];
      const call = calls?.[part.call];
      return call ? [call] : [];
    },
  );
  return encoded.length > 0 ? encoded : [{text: ''}];
}
