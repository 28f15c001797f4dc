import type {Interaction} from '../../cassette/cassette.js';
import {compareMedia, mediaOf} from '../../cassette/compare/media-changes.js';
import {shortKey} from '../../cassette/key/short-key.js';
import {stringifyJson} from '../../chat/json.js';
import {nameFlags} from '../../config/option-flags.js';
import {toRetakeError} from '../../errors.js';
import {requireMode} from '../../http/control-headers.js';
import {showTexts} from '../../report/html/answers.js';
import {html, type Markup} from '../../report/html/markup.js';
import {showMediaRow} from '../../report/html/media.js';
import {showConversation} from '../../report/html/request.js';
import {requestDifferences} from '../../report/question-groups.js';
import type {MissDetails} from '../control/exchange-ring.js';
import {clientWithKey, keyHint} from '../control/exchange-routes.js';
import {bridgingRules, describeRules} from './ignore-rules.js';
import {showRecorded} from './recorded-view.js';
import type {InspectorServices} from './services.js';
import {findThumbnails} from './thumbnails.js';

/** Finding the words that differ in longer requests would keep others waiting; their texts are shown without marks. */
const markLimit = 200_000;

/** A request without a recording: why, both sides of what differs, and what can be done about it. */
export async function showMiss(services: InspectorServices, {report, asked}: MissDetails): Promise<Markup> {
  const {view, key, message} = report;
  const cassette = await services.cassettes.get(report.cassette);
  const recorded = await cassette.find(key);
  if (recorded) {
    const thumbnail = await findThumbnails(cassette, [recorded.view]);
    return html`<p class="note">This request has been recorded since.</p>
${showRecorded(recorded, {thumbnail})}`;
  }
  const nearest = report.nearest && (await cassette.find(report.nearest.key));
  const thumbnail = await findThumbnails(cassette, [view, ...(nearest ? [nearest.view] : [])], asked);
  const media = compareMedia(nearest ? mediaOf(nearest.view) : [], mediaOf(view));
  const old = nearest?.view ?? view;
  const isMarked = [old, view].every(one => stringifyJson(one).length <= markLimit);
  const areSame = media.findings.length === 0 || !nearest;
  return html`${showActions(services, {report, asked}, nearest)}
${report.nearest && nearest ? showDifferences({...report.nearest, view: nearest.view}, {view, isMarked}) : undefined}
${areSame ? undefined : showMediaRow('recorded', media.before, thumbnail)}
${showMediaRow(areSame ? 'shown' : 'asked', media.after, thumbnail)}
<h3>Request</h3>
${showConversation(old, view, {isMarked, folded: nearest ? 'as recorded' : 'all settings'})}
<details class="explanation"><summary>What the client was told</summary><pre>${message}</pre></details>`;
}

type Compared = {readonly key: string; readonly question: string; readonly view: Interaction['view']};

function showDifferences(
  nearest: Compared & {readonly differences: readonly string[]},
  {view, isMarked}: Pick<Compared, 'view'> & {readonly isMarked: boolean},
): Markup {
  const parts = requestDifferences(nearest.view, view).map(
    ({part, before, after}) =>
      html`<h4>${part}</h4>${showTexts({title: 'recorded', text: before}, {title: 'asked', text: after}, isMarked)}`,
  );
  return html`<h3>Differences from the nearest recording <code>${shortKey(nearest.key)}</code></h3>
<ul class="differences">${nearest.differences.map(difference => html`<li><bdi>${difference}</bdi></li>`)}</ul>
${parts}`;
}

function showActions(
  services: InspectorServices,
  miss: MissDetails,
  nearest: Interaction | undefined,
): Markup {
  const obstacle = recordingObstacle(services, miss);
  const record =
    obstacle === undefined
      ? html`<button type="button" class="record primary"><kbd>r</kbd>Record this</button>`
      : html`<p class="note">${obstacle}</p>`;
  const rules = nearest && bridgingRules(miss.report.view, nearest.view);
  return html`<div class="actions">${record}${rules ? describeRules(services, rules) : undefined}<p class="outcome" role="status"></p></div>`;
}

/** Why a request cannot be recorded from here; undefined if it can. */
function recordingObstacle(services: InspectorServices, {asked}: MissDetails): string | undefined {
  try {
    requireMode('auto', services, 'to record a request');
  } catch (error) {
    const {message, hint = ''} = nameFlags(toRetakeError(error));
    return `${message}.\n${hint}`;
  }
  if (!asked) return 'The request is no longer in memory. To record it, send it again in mode auto.';
  if (services.hasProvider && !clientWithKey(services, asked)) {
    return `retake has no key of its own for the provider.\n${keyHint}`;
  }
  return undefined;
}
