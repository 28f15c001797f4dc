import {isJsonObject, type JsonValue} from '../../chat/json.js';
import type {ModelRequest} from '../../chat/request.js';
import type {MatchingView} from '../key.js';
import {mapStrings} from '../map-strings.js';
import {beyondMarks, isMark} from '../marks.js';

/** A stored request that can be asked again, or why it cannot. */
export type AskableRequest =
  | {readonly kind: 'request'; readonly request: ModelRequest}
  | {readonly kind: 'unaskable'; readonly reason: string};

/** What a stored request asked; `withMasks` asks it also where something in it was redacted or masked, with the mask in its place. */
export function requestOfView(
  view: MatchingView,
  {withMasks}: {readonly withMasks: boolean},
): AskableRequest {
  if (!withMasks && holdsMark(view)) {
    return {kind: 'unaskable', reason: 'something in it was redacted or masked, and is not stored'};
  }
  if (holdsMedia(view)) {
    return {kind: 'unaskable', reason: 'its images and documents are not stored'};
  }
  const request: unknown = view;
  return {kind: 'request', request: request as ModelRequest};
}

const anyMark = beyondMarks(/(?!)/gu);

function holdsMark(view: MatchingView): boolean {
  let isFound = false;
  mapStrings(view, text => {
    isFound ||= text.match(anyMark)?.some(isMark) ?? false;
    return text;
  });
  return isFound;
}

function holdsMedia(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.some(holdsMedia);
  if (!isJsonObject(value)) return false;
  const {type, sha256, pages} = value;
  const isMedia = (type === 'image' && sha256 !== undefined) || (type === 'document' && pages !== undefined);
  return isMedia || Object.values(value).some(holdsMedia);
}
