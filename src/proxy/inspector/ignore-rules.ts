import {createHash} from 'node:crypto';
import {Type} from '@sinclair/typebox';
import {Value} from '@sinclair/typebox/value';
import {suggestIgnore} from '../../cassette/compare/suggest-ignore.js';
import {lineDifferences, type TextPiece} from '../../cassette/compare/word-differences.js';
import type {MatchingView} from '../../cassette/key/key.js';
import type {IgnoreRule} from '../../cassette/key/key-settings.js';
import {parseJson} from '../../chat/json.js';
import {type ConfigEdit, proposeIgnoreRules, writeConfigEdit} from '../../config/edit-config-file.js';
import {RetakeError} from '../../errors.js';
import {bytesOf} from '../../http/request-bytes.js';
import {attribute, html, type Markup} from '../../report/html/markup.js';
import type {RingEntry} from '../control/exchange-ring.js';
import type {InspectorServices} from './services.js';

/** The rules by which a request would match the nearest recording; undefined if no rules would do. */
export function bridgingRules(
  asked: MatchingView,
  recorded: MatchingView,
): readonly IgnoreRule[] | undefined {
  const rules = suggestIgnore(asked, recorded);
  return rules && rules.length > 0 ? rules : undefined;
}

/** The rules, and the button that shows the change of the configuration file. */
export function describeRules({inspector}: InspectorServices, rules: readonly IgnoreRule[]): Markup {
  const [noun, pronoun] = rules.length === 1 ? ['this ignore rule', 'it'] : ['these ignore rules', 'them'];
  const button =
    inspector.configFile === undefined
      ? html`<p class="note">Add ${pronoun} to <code>ignore</code> in retake.config.json.</p>`
      : html`<button type="button" class="ignore">Add ${noun} to retake.config.json</button>`;
  return html`<p>The differences look like values that change with each run. With ${noun}, the request matches:</p>
<pre class="rules">${rules.map(rule => JSON.stringify(rule)).join('\n')}</pre>${button}`;
}

/** The change of the configuration file, before it is written. */
export async function showIgnoreRules(services: InspectorServices, entry: RingEntry): Promise<Markup> {
  const edit = await editFor(services, entry);
  const {path, before, after} = edit;
  if (before === after) {
    return html`<h2>The rule is there already</h2>
<p>Recordings get new keys with <code>retake rekey</code>. Stop retake, run the command, and start retake again.</p>
${closeButton('Close')}`;
  }
  return html`<h2>${before === undefined ? 'Create' : 'Change'} <bdi>${path}</bdi></h2>
<pre class="lines">${showLines(lineDifferences(before ?? '', after))}</pre>
<p class="outcome" role="alert"></p>
<div class="buttons">${closeButton('Cancel')} <button type="button" class="write primary" data-digest="${attribute(digestOf(edit))}">Write the file</button></div>`;
}

const Confirmation = Type.Object({digest: Type.String()}, {additionalProperties: false});

/**
 * Writes the change that was shown.
 * @throws RetakeError `invalid_request` if the file was changed meanwhile
 */
export async function confirmIgnoreRules(
  services: InspectorServices,
  entry: RingEntry,
  body: unknown,
): Promise<Markup> {
  const confirmation = parseJson(bytesOf(body));
  if (!Value.Check(Confirmation, confirmation)) {
    throw new RetakeError('invalid_request', 'Expected the body to have the digest of the change');
  }
  const edit = await editFor(services, entry);
  if (digestOf(edit) !== confirmation.digest) {
    throw new RetakeError('invalid_request', `${edit.path} was changed meanwhile`, {
      hint: 'Close this, and look at the change again.',
    });
  }
  await writeConfigEdit(edit);
  return html`<h2>Written</h2>
<p><bdi>${edit.path}</bdi> has the rule now. The recordings need new keys: stop retake, run <code>retake rekey</code>, and start retake again.</p>
${closeButton('Close')}`;
}

async function editFor(
  {exchanges, cassettes, inspector}: InspectorServices,
  {number}: RingEntry,
): Promise<ConfigEdit> {
  const miss = exchanges.missOf(number);
  const near = miss?.report.nearest;
  const cassette = miss && (await cassettes.get(miss.report.cassette));
  const nearest = near && (await cassette?.find(near.key));
  const rules = miss && nearest && bridgingRules(miss.report.view, nearest.view);
  if (!rules) {
    throw new RetakeError('not_found', `No ignore rule is known for the exchange ${number}`, {
      hint: 'Rules are known for misses whose differences look like dates, ids, paths or numbers.',
    });
  }
  if (inspector.configFile === undefined) {
    throw new RetakeError('not_supported', 'This retake has no configuration file to change');
  }
  return proposeIgnoreRules(inspector.configFile, rules);
}

function digestOf({path, before = '', after}: ConfigEdit): string {
  return createHash('sha256')
    .update(JSON.stringify([path, before, after]))
    .digest('hex');
}

/** Unchanged lines around a change. */
const context = 3;

function showLines(pieces: readonly TextPiece[]): Markup {
  const shown = pieces.map(({kind, text}, index) => {
    const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
    if (kind === 'removed') return html`${lines.map(line => html`<del>- ${line}</del>\n`)}`;
    if (kind === 'added') return html`${lines.map(line => html`<ins>+ ${line}</ins>\n`)}`;
    const head = index === 0 ? [] : lines.slice(0, context);
    const tail =
      index === pieces.length - 1 ? [] : lines.slice(Math.max(head.length, lines.length - context));
    const isCut = head.length + tail.length < lines.length;
    const kept = [...head, ...(isCut ? ['…'] : []), ...tail];
    return html`${kept.map(line => html`  ${line}\n`)}`;
  });
  return html`${shown}`;
}

function closeButton(label: string): Markup {
  return html`<button type="button" class="close">${label}</button>`;
}
