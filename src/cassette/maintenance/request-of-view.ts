import {isJsonObject, type JsonValue} from '../../chat/json.js';
import type {ModelRequest} from '../../chat/request.js';
import type {MatchingView} from '../key/key.js';
import {mapStrings} from '../key/map-strings.js';
import {isPlaceholder, skipPlaceholders} from '../key/placeholder-pattern.js';

/** A stored request that can be asked again, or why it cannot. */
export type AskableRequest =
  | {readonly kind: 'request'; readonly request: ModelRequest}
  | {readonly kind: 'unaskable'; readonly reason: string};

/** Which of the images and pages of requests can be given to a model again. */
export type KeptMedia = {hasImage(sha256: string): boolean; hasPage(pixels: string): boolean};

/** The request of a view; `withPlaceholders` returns it also when it has placeholders. */
export function requestOfView(
  view: MatchingView,
  {withPlaceholders, media}: {readonly withPlaceholders: boolean; readonly media: KeptMedia},
): AskableRequest {
  if (view['operation'] === 'raw') {
    return {kind: 'unaskable', reason: 'only the provider of its API can answer it'};
  }
  if (!withPlaceholders && holdsPlaceholder(view)) {
    return {kind: 'unaskable', reason: 'something in it was redacted or masked, and is not stored'};
  }
  if (lacksMedia(view, media)) {
    return {
      kind: 'unaskable',
      reason: 'its images or documents are not stored in full (`media: full` stores them)',
    };
  }
  const request: unknown = view;
  return {kind: 'request', request: request as ModelRequest};
}

const anyPlaceholder = skipPlaceholders(/(?!)/gu);

function holdsPlaceholder(view: MatchingView): boolean {
  let isFound = false;
  mapStrings(view, text => {
    isFound ||= text.match(anyPlaceholder)?.some(isPlaceholder) ?? false;
    return text;
  });
  return isFound;
}

function lacksMedia(value: JsonValue, media: KeptMedia): boolean {
  if (Array.isArray(value)) return value.some(item => lacksMedia(item, media));
  if (!isJsonObject(value)) return false;
  const {type, sha256, pixels, pages} = value;
  if (type === 'image' && typeof sha256 === 'string') return !media.hasImage(sha256);
  if (type === 'document' && Array.isArray(pages) && pages.length === 0) return true;
  if (typeof pixels === 'string') return !media.hasPage(pixels);
  return Object.values(value).some(member => lacksMedia(member, media));
}
