import type {AskedRequest} from '../../chat/request.js';
import type {Cassette, Interaction} from '../cassette.js';
import {type Form, formOf, formsOf} from '../key/key-candidate.js';
import type {Viewer} from '../key/matching-view.js';
import type {AttachedMedia, Inspection} from '../media-resolver.js';
import type {modes} from '../modes.js';

export type Question = {
  readonly asked: AskedRequest;
  readonly attached: AttachedMedia;
  readonly cassette: Cassette;
  readonly viewer: Viewer;
};

/** What a question turned out to be. */
export type LookedUp = {
  readonly form: Form;
  readonly found?: Interaction | undefined;
  /** Present when the attachments had to be looked at. */
  readonly inspection?: Inspection;
  /** Whether it had other forms, too, so that the one that is found may be another one next time. */
  readonly hadForms: boolean;
};

/**
 * Looks for a question in every form in which the cassette may know it, and looks at its attachments only when it is in none of them.
 * Where a mode does not look up, they are looked at in any case.
 */
export async function lookUp(
  {asked, attached, cassette, viewer}: Question,
  {looksUp, onMiss}: (typeof modes)[keyof typeof modes],
): Promise<LookedUp> {
  const forms = looksUp || attached.isEmpty ? formsOf(asked, await attached.recall(), viewer) : [];
  const hit = looksUp ? await findNewest(cassette, forms) : undefined;
  if (hit) return {...hit, hadForms: forms.length > 1};
  const [only] = forms;
  if (attached.isEmpty && only) return {form: only, hadForms: false};
  const inspection = await attached.inspect(onMiss);
  const form = formOf(asked, inspection, viewer);
  const isLookedFor = looksUp && inspection.unknown.length === 0;
  const found = isLookedFor ? await cassette.find(form.key) : undefined;
  return {form, found, inspection, hadForms: forms.length > 0};
}

/** Of several forms that have takes, the one that was recorded last is what the question means now. */
async function findNewest(
  cassette: Cassette,
  forms: readonly Form[],
): Promise<{readonly form: Form; readonly found: Interaction} | undefined> {
  let newest: {readonly form: Form; readonly found: Interaction} | undefined;
  for (const form of forms) {
    const found = await cassette.find(form.key);
    if (found && (!newest || recordedAt(found) > recordedAt(newest.found))) newest = {form, found};
  }
  return newest;
}

function recordedAt({takes}: Interaction): number {
  return Math.max(...takes.map(({provenance}) => provenance.recordedAt));
}
