import {isJsonObject, type JsonObject, type JsonValue} from '../../chat/json.js';
import type {AnyRequest} from '../../chat/request.js';
import {RetakeError} from '../../errors.js';
import {boundIgnorer} from './bounded-ignore.js';
import {createIgnorer} from './ignore.js';
import type {MatchingView} from './key.js';
import type {KeySettings} from './key-settings.js';
import type {KnownId, KnownIds} from './known-ids.js';
import {createRedactor, type Redaction} from './redact.js';
import {SecretFreeMemory} from './secret-free-texts.js';

export type View = {
  readonly view: MatchingView;
  readonly redaction: Redaction;
  /** The same with the ids of a provider as the client wrote them, and what was replaced; absent if nothing was. */
  readonly literal?: MatchingView | undefined;
  readonly replaced?: readonly KnownId[] | undefined;
};

export type Viewer = {
  /** Searches long texts for secrets without holding up other requests. Call the result when the views are made. */
  prepare(request: object): Promise<() => void>;
  /** A request's matching view. */
  viewOf(request: AnyRequest): View;
  /** Redacts texts that belong together; secrets are numbered within them. */
  conceal(texts: readonly string[]): readonly string[];
  /** One text, redacted and with ignored values masked. */
  mask(text: string): string;
};

/** Prepares the rules of a cassette once. */
export function createViewer({ignore, redact}: Pick<KeySettings, 'ignore' | 'redact'>): Viewer {
  const secretFree = new SecretFreeMemory();
  const beginRedaction = createRedactor(redact, secretFree);
  const ignoreIn = boundIgnorer(ignore, createIgnorer);
  const viewOf = (request: AnyRequest): View => {
    const redaction = beginRedaction();
    const view = ignoreIn(redaction.redactValue(asJson(request)));
    if (!isJsonObject(view)) {
      throw new RetakeError(
        'invalid_setting',
        'An `ignore` rule with an empty pointer would ignore the whole request',
        {
          hint: 'Name a place in the request, for instance `/sampling/seed`.',
        },
      );
    }
    return {view, redaction};
  };
  return {
    prepare: request => secretFree.search(request),
    viewOf,
    conceal(texts) {
      const redaction = beginRedaction();
      return texts.map(text => String(redaction.redactValue(text)));
    },
    mask: text => String(ignoreIn(beginRedaction().redactValue(text))),
  };
}

/** The same with known ids of a provider replaced: of several lists, the first that knows one counts. */
export function viewerWithIds(viewer: Viewer, lists: readonly KnownIds[]): Viewer {
  return {
    ...viewer,
    viewOf(request) {
      const given = viewer.viewOf(request);
      let {view} = given;
      const replaced: KnownId[] = [];
      for (const ids of lists) {
        const rewritten = ids.replaceIn(view);
        view = rewritten.view;
        replaced.push(...rewritten.replaced);
      }
      return replaced.length === 0 ? given : {...given, view, literal: given.view, replaced};
    },
  };
}

/** A request holds nothing but JSON; only its type is narrower. */
function asJson(request: AnyRequest): JsonObject {
  const value: unknown = request;
  return value as {readonly [key: string]: JsonValue};
}
