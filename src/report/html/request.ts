import {type Change, currentSide} from '../../cassette/compare/change.js';
import type {MatchingView} from '../../cassette/key/key.js';
import {type Conversation, conversationOf, type ShownTurn, settingsText, turnText} from '../conversation.js';
import {markChange} from './answers.js';
import {html, type Markup} from './markup.js';

/** The request: each turn under its role, the tools and the settings; if it changed, with the differing words marked. */
export function showRequest(change: Change, isMarked: boolean): Markup {
  const current = currentSide(change).view;
  const isChanged = change.verdict !== 'added' && change.verdict !== 'removed' && change.asked.length > 0;
  return showConversation(isChanged ? change.before.view : current, current, {isMarked});
}

/** A request with what changed from an older one marked; the same one twice has no marks. */
export function showConversation(
  old: MatchingView,
  view: MatchingView,
  {isMarked = true, folded = 'unchanged'}: {readonly isMarked?: boolean; readonly folded?: string} = {},
): Markup {
  const mark: Mark = (before, after) => markChange(before, after, isMarked);
  const current = conversationOf(view);
  const before = old === view ? current : conversationOf(old);
  const count = Math.max(before.turns.length, current.turns.length);
  const turns = Array.from({length: count}, (_, index) =>
    showTurn(before.turns[index], current.turns[index], mark),
  );
  return html`<div class="request">${turns}${showTools(before, current, mark)}${showSettings(before, current, {mark, folded})}</div>`;
}

type Mark = (before: string, after: string) => Markup;

function showTurn(before: ShownTurn | undefined, after: ShownTurn | undefined, mark: Mark): Markup {
  const role = after?.role ?? before?.role ?? '';
  return html`<div class="turn"><h4>${role}</h4><pre>${mark(turnText(before), turnText(after))}</pre></div>`;
}

function showTools(before: Conversation, after: Conversation, mark: Mark): Markup | undefined {
  const names = [...new Set([...before.tools, ...after.tools].map(({name}) => name))];
  if (names.length === 0) return undefined;
  const definition = ({tools}: Conversation, wanted: string) =>
    tools
      .filter(({name}) => name === wanted)
      .map(tool => tool.definition)
      .join('\n');
  const tools = names.map(name => {
    const [old, current] = [definition(before, name), definition(after, name)];
    const note = old === current ? undefined : html` <strong>changed</strong>`;
    return html`<details><summary><code>${name}</code>${note}</summary><pre>${mark(old, current)}</pre></details>`;
  });
  return html`<div class="turn tools"><h4>tools</h4><div>${tools}</div></div>`;
}

function showSettings(
  old: Conversation,
  current: Conversation,
  {mark, folded}: {readonly mark: Mark; readonly folded: string},
): Markup | undefined {
  const [before, after] = [settingsText(old), settingsText(current)];
  if (before === '' && after === '') return undefined;
  const settings = html`<pre>${mark(before, after)}</pre>`;
  const shown =
    before === after ? html`<details><summary>${folded}</summary>${settings}</details>` : settings;
  return html`<div class="turn settings"><h4>settings</h4><div>${shown}</div></div>`;
}
