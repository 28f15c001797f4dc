import {attachmentsOf} from '../../chat/attachments.js';
import type {AskedRequest, RawRequest} from '../../chat/request.js';
import {RetakeError} from '../../errors.js';
import type {Cassette} from '../cassette.js';
import {type KeyCandidate, keyCandidate} from '../key/key-candidate.js';
import {documentSettingsOf} from '../key/key-settings.js';
import {createViewer, type Viewer} from '../key/matching-view.js';
import type {MediaResolver} from '../media-resolver.js';
import {modes} from '../modes.js';
import type {Announcement, CassetteContext} from './cassette-context.js';
import {type LookedUp, lookUp} from './look-up.js';
import {type Remarks, remarksOn} from './remarks.js';

export type ConsultOptions = {
  readonly cassettes: {get(name?: string): Promise<Cassette>};
  /** Tells what clients attached. */
  readonly media: MediaResolver;
  /** Whether the live model has to be told the name of the model: for a new cassette, whose keys then contain it. */
  readonly needsModelName?: ((signal: AbortSignal) => Promise<boolean>) | undefined;
  /** Whether the live model answers raw questions. */
  readonly answersRaw?: boolean | undefined;
};

/** A cassette's view of a request: its key, the takes found, and what its attachments are. */
export type Consulted = LookedUp & {
  readonly cassette: Cassette;
  readonly viewer: Viewer;
  readonly remarks: Remarks;
  /** What is told of the answer, whatever it is. */
  readonly about: Pick<Announcement, 'key' | 'cassette' | 'revision' | 'pages' | 'warnings' | 'mayChange'>;
};

export function createConsult({cassettes, media, needsModelName, answersRaw = false}: ConsultOptions) {
  const viewers = new WeakMap<Cassette, Viewer>();
  return async (
    given: AskedRequest | RawRequest,
    context: CassetteContext,
    signal: AbortSignal,
  ): Promise<Consulted> => {
    const {mode, modelName} = context;
    const cassette = await cassettes.get(context.cassette);
    // A raw question decides it, too, although its key has no model: the cassette stores its settings with the first one.
    const isAnswered = given.operation !== 'raw' || answersRaw;
    if (modes[mode].onMiss !== 'fail' && isAnswered && cassette.forwardModelIsOpen && needsModelName)
      cassette.decideForwardModel?.(await needsModelName(signal));
    const {keySettings, revision} = cassette;
    const viewer = viewerOf(cassette, viewers);
    const asked =
      keySettings.forwardModel && given.operation !== 'raw' ? {...given, model: modelName} : given;
    const attached = media(asked.operation === 'raw' ? [] : attachmentsOf(asked), {
      memory: cassette.media,
      settings: documentSettingsOf(keySettings),
      conceal: viewer.conceal,
      mask: viewer.mask,
      signal,
    });
    const release = await viewer.prepare(asked);
    const lookedUp = await lookUp({asked, attached, cassette, viewer}, modes[mode])
      .then(found => withRaw(found, {cassette, viewer, context}))
      .finally(release);
    const {candidate, inspection, hadOthers} = lookedUp;
    const remarks = remarksOn(candidate.request, keySettings.pages, inspection?.warnings ?? []);
    const about = {
      key: candidate.key,
      cassette,
      revision,
      ...remarks,
      ...((hadOthers || attached.mayChange) && {mayChange: true as const}),
    };
    return {...lookedUp, cassette, viewer, remarks, about};
  };
}

/** Looks a request up as a raw question, too: its answer may have been recorded when it was not understood. */
async function withRaw(
  lookedUp: LookedUp,
  {cassette, viewer, context}: {cassette: Cassette; viewer: Viewer; context: CassetteContext},
): Promise<LookedUp> {
  if (lookedUp.found || !context.raw || !modes[context.mode].looksUp) return lookedUp;
  const candidate = keyCandidate(context.raw(), nothingAttached, viewer);
  const found = await cassette.find(candidate.key);
  return found ? {...lookedUp, candidate, found} : lookedUp;
}

const nothingAttached = {known: [], given: []};

/** The candidate under which an answer is kept that is nothing but its bytes. */
export function rawCandidate(candidate: KeyCandidate, viewer: Viewer, {raw}: CassetteContext): KeyCandidate {
  if (candidate.request.operation === 'raw') return candidate;
  if (raw) return keyCandidate(raw(), nothingAttached, viewer);
  throw new RetakeError('internal', 'An answer in bytes only has no raw question');
}

function viewerOf(cassette: Cassette, viewers: WeakMap<Cassette, Viewer>): Viewer {
  const viewer = viewers.get(cassette) ?? createViewer(cassette.keySettings);
  viewers.set(cassette, viewer);
  return viewer;
}
