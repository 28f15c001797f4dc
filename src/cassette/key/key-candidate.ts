import {attachmentsOf, replaceAttachments} from '../../chat/attachments.js';
import type {Attachment} from '../../chat/media.js';
import {normalizeRequest} from '../../chat/normalize.js';
import type {AnyRequest, AskedRequest, Content, RawRequest} from '../../chat/request.js';
import {RetakeError} from '../../errors.js';
import {type CassetteKey, canonicalView, keyOfCanonicalText} from './key.js';
import type {View, Viewer} from './matching-view.js';

/** A request with the contents of its attachments, and the key that it then has. A request with attachments may have several. */
export type KeyCandidate = View & {
  readonly key: CassetteKey;
  /** The view's canonical text, whose hash is the key. */
  readonly canonical: string;
  /** The request for the upstream. */
  readonly request: AnyRequest;
  /** The same before it was normalized. */
  readonly original: AnyRequest;
};

/** The most candidates that are looked up: a request with several documents, each rendered in several ways, has the product of both. */
const candidateLimit = 64;

/** The candidates for every choice among the contents of each attachment; none when an attachment has no content. */
export function keyCandidates(
  asked: AskedRequest | RawRequest,
  contents: readonly (readonly Content[])[],
  viewer: Viewer,
): readonly KeyCandidate[] {
  let choices: readonly (readonly Content[])[] = [[]];
  for (const alternatives of contents) {
    const identified = alternatives.filter(isIdentified);
    choices = choices
      .flatMap(choice => identified.map(content => [...choice, content]))
      .slice(0, candidateLimit);
  }
  return choices.map(known => keyCandidate(asked, {known, given: known}, viewer));
}

/** The candidate for a request with these contents in the places of its attachments. */
export function keyCandidate(
  asked: AskedRequest | RawRequest,
  {known, given}: {readonly known: readonly Content[]; readonly given: readonly Content[]},
  viewer: Viewer,
): KeyCandidate {
  const original = fill(asked, known);
  const matched = normalize(original);
  const viewed = viewer.viewOf(matched);
  const canonical = canonicalView(viewed.view);
  const key = keyOfCanonicalText(canonical);
  if (given === known) return {...viewed, key, canonical, request: matched, original};
  const asGiven = fill(asked, given);
  return {...viewed, key, canonical, request: normalize(asGiven), original: asGiven};
}

/**
 * The candidate with the ids of a provider as the client wrote them, under which older recordings are. Undefined if no id was replaced, or
 * if one is new: a recording of such an id is about another object.
 */
export function literalCandidate(candidate: KeyCandidate): KeyCandidate | undefined {
  const {literal, replaced = []} = candidate;
  if (!literal || !replaced.every(({isRecorded}) => isRecorded)) return undefined;
  const canonical = canonicalView(literal);
  return {
    ...candidate,
    view: literal,
    literal: undefined,
    canonical,
    key: keyOfCanonicalText(canonical),
  };
}

/** Whether a content differs from that of every other attachment: all documents without pages have the same key. */
export function isIdentified(content: Content): boolean {
  if (content.type === 'document') return content.pages.length > 0;
  return content.type !== 'image' || content.sha256 !== '';
}

function fill(asked: AskedRequest | RawRequest, contents: readonly Content[]): AnyRequest {
  if (asked.operation === 'raw') return asked;
  const places = new Map<Attachment, Content | undefined>(
    attachmentsOf(asked).map((attachment, index) => [attachment, contents[index]]),
  );
  return replaceAttachments(asked, attachment => {
    const content = places.get(attachment);
    if (!content) throw new RetakeError('internal', `The content of ${attachment.field} is missing`);
    return [content];
  });
}

/** A raw question is what it is. */
function normalize(request: AnyRequest): AnyRequest {
  return request.operation === 'raw' ? request : normalizeRequest(request);
}
