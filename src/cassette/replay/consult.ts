import {attachmentsOf} from '../../chat/attachments.js';
import type {AskedRequest, RawRequest} from '../../chat/request.js';
import {RetakeError} from '../../errors.js';
import type {Cassette} from '../cassette.js';
import {type KeyCandidate, keyCandidate} from '../key/key-candidate.js';
import {documentSettingsOf} from '../key/key-settings.js';
import type {KnownIds} from '../key/known-ids.js';
import {createViewer, type Viewer, viewerWithIds} from '../key/matching-view.js';
import type {MediaResolver} from '../media-resolver.js';
import {modes} from '../modes.js';
import type {Announcement, CassetteContext} from './cassette-context.js';
import {findCandidate, type LookedUp, lookUp} from './look-up.js';
import {recordedIdsOf} from './recorded-ids.js';
import {type Remarks, remarksOn} from './remarks.js';
import {createSessionIds} from './session-ids.js';

export type ConsultOptions = {
  readonly cassettes: {get(name?: string): Promise<Cassette>};
  /** Finds out what clients attached. */
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
  /** The ids of a provider that the session knows. */
  readonly ids: KnownIds;
  readonly remarks: Remarks;
  /** What is announced of any answer. */
  readonly about: Pick<Announcement, 'key' | 'cassette' | 'revision' | 'pages' | 'warnings' | 'mayChange'>;
};

export function createConsult({cassettes, media, needsModelName, answersRaw = false}: ConsultOptions) {
  const viewers = new WeakMap<Cassette, Viewer>();
  const sessionIds = createSessionIds();
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
    const ids = sessionIds.of(context.session, cassette.name);
    const plainViewer = viewerOf(cassette, viewers);
    const viewer = viewerWithIds(plainViewer, [ids]);
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
    // An answer in one piece does not show the pieces that it was recorded in.
    const reading = {joined: context.form?.delivery === 'unary'};
    const find = async (by: Viewer) => {
      const found = await lookUp({asked, attached, cassette, viewer: by, reading}, modes[mode]);
      return withRaw(found, {cassette, viewer: by, context});
    };
    const findAny = async () => {
      const missed = await find(viewer);
      if (missed.found || modes[mode].onMiss !== 'fail' || !attached.isEmpty) return missed;
      // An id that came from elsewhere than an answer of this session may still be one that the cassette has.
      const recorded = await recordedIdsOf(cassette);
      const found = recorded && (await find(viewerWithIds(plainViewer, [ids, recorded])));
      return found?.found ? found : missed;
    };
    let lookedUp: LookedUp;
    try {
      lookedUp = await findAny();
    } finally {
      release();
    }
    const {candidate, inspection, hadOthers} = lookedUp;
    if (modes[mode].looksUp) refuseAmbiguous(candidate);
    const remarks = remarksOn(candidate.request, keySettings.pages, inspection?.warnings ?? []);
    const about = {
      key: candidate.key,
      cassette,
      revision,
      ...remarks,
      ...((hadOthers || attached.mayChange || candidate.replaced !== undefined) && {
        mayChange: true as const,
      }),
    };
    return {...lookedUp, cassette, viewer, ids, remarks, about};
  };
}

/**
 * A recording about one object must not answer for another one.
 * @throws RetakeError `invalid_request`
 */
function refuseAmbiguous({replaced = []}: KeyCandidate): void {
  const ambiguous = replaced.find(({isAmbiguous}) => isAmbiguous);
  if (!ambiguous) return;
  throw new RetakeError(
    'invalid_request',
    `The id ${ambiguous.id} stands for two objects in this session, so nothing tells which recording is about the one that is meant: the provider gave an id a second time`,
    {
      status: 409,
      hint: 'Record all of the session again, with the mode `record`.',
    },
  );
}

/** Looks a request up as a raw question, too: its answer may have been recorded when it was not understood. */
async function withRaw(
  lookedUp: LookedUp,
  {cassette, viewer, context}: {cassette: Cassette; viewer: Viewer; context: CassetteContext},
): Promise<LookedUp> {
  if (lookedUp.found || !context.raw || !modes[context.mode].looksUp) return lookedUp;
  const found = await findCandidate(cassette, keyCandidate(context.raw(), nothingAttached, viewer));
  return {...lookedUp, ...found};
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
