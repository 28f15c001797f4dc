import {setImmediate as nextTurn} from 'node:timers/promises';
import type {Cassette, Interaction} from '../../cassette/cassette.js';
import {answerOf} from '../../cassette/compare/answer.js';
import type {CassetteKey} from '../../cassette/key/key.js';
import {questionOf} from '../../cassette/key/question.js';
import {shortKey} from '../../cassette/key/short-key.js';
import {isJsonObject, type JsonValue} from '../../chat/json.js';
import {RetakeError} from '../../errors.js';
import {answerText} from '../../report/answer-text.js';
import {attribute, html, type Markup} from '../../report/html/markup.js';
import {describeTime} from './facts.js';
import {showRecorded} from './recorded-view.js';
import type {InspectorServices} from './services.js';
import {findThumbnails} from './thumbnails.js';

/** Stands for all cassettes; it is no cassette's name. */
const allCassettes = '*';

/** Interactions in one answer; a button gets more. */
const pageSize = 100;

/** The choice of a cassette and the search; the scripts fill in the recordings. */
export async function showCassettes({cassettes}: InspectorServices): Promise<Markup> {
  const names = await cassettes.names();
  if (names.length === 0) {
    return html`<div class="empty"><h2>No cassettes yet</h2><p>A cassette is created with the first recording.</p></div>`;
  }
  const all =
    names.length > 1
      ? html`<option value="${allCassettes}">all ${names.length} cassettes</option>`
      : undefined;
  return html`<div class="controls">
<select class="cassette" aria-label="Cassette">${all}${names.map(name => html`<option value="${attribute(name)}">${name}</option>`)}</select>
<input type="search" aria-label="Search in requests and answers" placeholder="Search">
</div>
<div class="rows" role="group" aria-label="Recordings"></div>`;
}

/** The recordings of a cassette, or of all, with a text in their requests or answers. */
export async function showInteractions(
  {cassettes}: InspectorServices,
  name: string,
  query: URLSearchParams,
): Promise<Markup> {
  const names = await cassettes.names();
  if (name !== allCassettes && !names.includes(name)) throw unknownCassette(name);
  const search = (query.get('search') ?? '').trim().toLowerCase();
  const [afterName = '', afterKey = ''] = query.getAll('after');
  const rows: Markup[] = [];
  let last = {name: '', key: ''};
  for (const one of name === allCassettes ? names : [name]) {
    if (one < afterName) continue;
    const cassette = await cassettes.get(one);
    const after = one === afterName ? afterKey : '';
    for await (const interaction of find(cassette, {search, after})) {
      if (rows.length === pageSize) return html`${rows}${moreButton(last)}`;
      rows.push(showRow(one, interaction));
      last = {name: one, key: interaction.key};
    }
  }
  if (rows.length > 0) return html`${rows}`;
  return html`<p class="none">${search === '' ? 'This cassette has no recordings.' : 'No recording has this text.'}</p>`;
}

/** One recording: its request and all of its answers. */
export async function showInteraction(
  {cassettes}: InspectorServices,
  name: string,
  key: string,
): Promise<Markup> {
  if (!(await cassettes.names()).includes(name)) throw unknownCassette(name);
  const cassette = await cassettes.get(name);
  const interaction = await cassette.find(key as CassetteKey);
  if (!interaction) {
    throw new RetakeError(
      'not_found',
      `The cassette ${JSON.stringify(name)} has no recording ${key.slice(0, 80)}`,
    );
  }
  const thumbnail = await findThumbnails(cassette, [interaction.view]);
  return html`<article class="exchange">
<h2 class="title"><bdi>${questionOf(interaction.view) || 'a request without text'}</bdi></h2>
<dl class="facts"><div><dt>cassette</dt><dd><bdi>${name}</bdi></dd></div><div><dt>key</dt><dd>${shortKey(key)}</dd></div></dl>
${showRecorded(interaction, {thumbnail})}
</article>`;
}

async function* find(
  cassette: Cassette,
  {search, after}: {readonly search: string; readonly after: string},
): AsyncIterable<Interaction> {
  let seen = 0;
  for await (const {key, view} of cassette.views()) {
    if (++seen % 200 === 0) await nextTurn();
    if (key <= after) continue;
    const interaction = await cassette.find(key);
    if (!interaction) continue;
    const isFound =
      search === '' ||
      hasText(view, search) ||
      interaction.takes.some(take => answerText(answerOf(take)).toLowerCase().includes(search));
    if (isFound) yield interaction;
  }
}

function hasText(value: JsonValue, search: string): boolean {
  if (typeof value === 'string') return value.toLowerCase().includes(search);
  if (Array.isArray(value)) return value.some(item => hasText(item, search));
  return isJsonObject(value) && Object.values(value).some(member => hasText(member, search));
}

function showRow(cassette: string, {key, view, takes}: Interaction): Markup {
  const {recordedAt, model} = takes[0].provenance;
  const place = [cassette, key].map(encodeURIComponent).join('/');
  const count = takes.length === 1 ? '' : `${takes.length} answers · `;
  return html`<a class="row" href="#cassettes/${attribute(place)}"><bdi class="question">${questionOf(view) || 'a request without text'}</bdi>
<span class="meta"><bdi>${cassette}</bdi> · ${count}<bdi>${model}</bdi> · ${describeTime(recordedAt)}</span></a>`;
}

function moreButton({name, key}: {readonly name: string; readonly key: string}): Markup {
  return html`<button type="button" class="more" data-name="${attribute(name)}" data-key="${attribute(key)}">More</button>`;
}

function unknownCassette(name: string): RetakeError {
  return new RetakeError('not_found', `There is no cassette ${JSON.stringify(name.slice(0, 100))}`);
}
