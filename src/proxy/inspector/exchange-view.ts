import {html, type Markup} from '../../report/html/markup.js';
import type {RingEntry} from '../control/exchange-ring.js';
import {summaryOf, takeIndex} from '../control/exchange-routes.js';
import {storedKey} from '../control/questions.js';
import {showFacts} from './facts.js';
import {showMiss} from './miss-view.js';
import {showRecorded} from './recorded-view.js';
import type {InspectorServices} from './services.js';
import {findThumbnails} from './thumbnails.js';

/** A request with its answer, or with what differs from the nearest recording. */
export async function showExchange(services: InspectorServices, entry: RingEntry): Promise<Markup> {
  const facts = showFacts(await summaryOf(services, entry));
  return html`<article class="exchange">${facts}${await showContent(services, entry)}</article>`;
}

async function showContent(services: InspectorServices, entry: RingEntry): Promise<Markup | undefined> {
  const {announcement, exchange} = entry;
  const miss = services.exchanges.missOf(entry.number);
  if (miss) return showMiss(services, miss);
  if (exchange.error?.code === 'cassette_miss') {
    return html`<p class="note">The details of this miss are no longer in memory.</p>`;
  }
  if (!announcement) return undefined;
  const {cassette} = announcement;
  const interaction = await cassette.find(storedKey(announcement));
  if (!interaction) return html`<p class="note">${unstored(announcement.outcome)}</p>`;
  const index = takeIndex(announcement, interaction.takes);
  const shown = index === undefined ? undefined : [index];
  const thumbnail = await findThumbnails(cassette, [interaction.view]);
  const missing = shown
    ? undefined
    : html`<p class="note">The answer that this request got is not stored.</p>`;
  return html`${missing}${showRecorded(interaction, {thumbnail, takes: shown ?? []})}`;
}

function unstored(outcome: string): string {
  return outcome === 'live'
    ? 'The answer came from the model and was not recorded, so neither the request nor its answer is stored.'
    : 'The recording of this request is no longer in the cassette.';
}
