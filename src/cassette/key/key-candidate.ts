import {attachmentsOf, replaceAttachments} from '../../chat/attachments.js';
import type {Attachment} from '../../chat/media.js';
import {normalizeRequest} from '../../chat/normalize.js';
import type {AskedRequest, Content, ModelRequest} from '../../chat/request.js';
import {RetakeError} from '../../errors.js';
import {type CassetteKey, cassetteKey} from './key.js';
import type {View, Viewer} from './matching-view.js';

/** A request whose attachments are known by their content, and the key that it then has. A request with attachments may have several. */
export type Form = View & {
  readonly key: CassetteKey;
  /** What an upstream is asked. */
  readonly request: ModelRequest;
};

/** More forms than these are not looked for: a request with several documents, each rendered in several ways, has the product of both. */
const formLimit = 64;

/** The forms of a request for every choice among the contents of each attachment; none when one of them has no content. */
export function formsOf(
  asked: AskedRequest,
  contents: readonly (readonly Content[])[],
  viewer: Viewer,
): readonly Form[] {
  let choices: readonly (readonly Content[])[] = [[]];
  for (const alternatives of contents) {
    choices = choices
      .flatMap(choice => alternatives.map(content => [...choice, content]))
      .slice(0, formLimit);
  }
  return choices.map(known => formOf(asked, {known, given: known}, viewer));
}

/** The form of a request with these contents in the places of its attachments. */
export function formOf(
  asked: AskedRequest,
  {known, given}: {readonly known: readonly Content[]; readonly given: readonly Content[]},
  viewer: Viewer,
): Form {
  const matched = fill(asked, known);
  const {view, redaction} = viewer.viewOf(matched);
  return {view, redaction, key: cassetteKey(view), request: given === known ? matched : fill(asked, given)};
}

function fill(asked: AskedRequest, contents: readonly Content[]): ModelRequest {
  const places = new Map<Attachment, Content | undefined>(
    attachmentsOf(asked).map((attachment, index) => [attachment, contents[index]]),
  );
  const filled = replaceAttachments(asked, attachment => {
    const content = places.get(attachment);
    if (!content) throw new RetakeError('internal', `Nothing is known of ${attachment.field}`);
    return [content];
  });
  return normalizeRequest(filled);
}
