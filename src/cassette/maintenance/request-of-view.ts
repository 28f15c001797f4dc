import {isJsonObject, type JsonValue} from '../../chat/json.js';
import type {ModelRequest} from '../../chat/request.js';
import type {MatchingView} from '../key/key.js';
import {mapStrings} from '../key/map-strings.js';
import {beyondMarks, isMark} from '../key/placeholder-pattern.js';

/** A stored request that can be asked again, or why it cannot. */
export type AskableRequest =
  | {readonly kind: 'request'; readonly request: ModelRequest}
  | {readonly kind: 'unaskable'; readonly reason: string};

/** Which of the images and pages of requests can be given to a model again. */
export type KeptMedia = {hasImage(sha256: string): boolean; hasPage(pixels: string): boolean};

/** What a stored request asked; `withMasks` asks it also where something in it was redacted or masked, with the mask in its place. */
export function requestOfView(
  view: MatchingView,
  {withMasks, media}: {readonly withMasks: boolean; readonly media: KeptMedia},
): AskableRequest {
  if (!withMasks && holdsMark(view)) {
    return {kind: 'unaskable', reason: 'something in it was redacted or masked, and is not stored'};
  }
  if (lacksMedia(view, media)) {
    return {
      kind: 'unaskable',
      reason: 'its images or documents are not kept whole (`media: full` keeps them)',
    };
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

function lacksMedia(value: JsonValue, media: KeptMedia): boolean {
  if (Array.isArray(value)) return value.some(item => lacksMedia(item, media));
  if (!isJsonObject(value)) return false;
  const {type, sha256, pixels} = value;
  if (type === 'image' && typeof sha256 === 'string') return !media.hasImage(sha256);
  if (typeof pixels === 'string') return !media.hasPage(pixels);
  return Object.values(value).some(member => lacksMedia(member, media));
}
