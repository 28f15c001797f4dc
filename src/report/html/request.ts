import {type Change, currentSide} from '../../cassette/diff/change.js';
import {wordDifferences} from '../../cassette/diff/word-differences.js';
import {type Conversation, conversationOf, type ShownPart, type ShownTurn} from '../conversation.js';
import {markPieces} from './answers.js';
import {html, type Markup} from './markup.js';

/** What was asked: each turn under its role, the tools and the settings; where the request was changed, with its words marked. */
export function showRequest(change: Change): Markup {
  const current = conversationOf(currentSide(change).view);
  const isChanged = change.verdict !== 'added' && change.verdict !== 'removed' && change.asked.length > 0;
  const before = isChanged ? conversationOf(change.before.view) : current;
  const count = Math.max(before.turns.length, current.turns.length);
  const turns = Array.from({length: count}, (_, index) =>
    showTurn(before.turns[index], current.turns[index]),
  );
  return html`<div class="request">${turns}${showTools(before, current)}${showSettings(before, current)}</div>`;
}

function showTurn(before: ShownTurn | undefined, after: ShownTurn | undefined): Markup {
  const role = after?.role ?? before?.role ?? '';
  return html`<div class="turn"><h4>${role}</h4><pre>${markChange(turnText(before), turnText(after))}</pre></div>`;
}

function showTools(before: Conversation, after: Conversation): Markup | undefined {
  const names = [...new Set([...before.tools, ...after.tools].map(({name}) => name))];
  if (names.length === 0) return undefined;
  const definition = ({tools}: Conversation, wanted: string) =>
    tools
      .filter(({name}) => name === wanted)
      .map(tool => tool.definition)
      .join('\n');
  const tools = names.map(name => {
    const [old, current] = [definition(before, name), definition(after, name)];
    const mark = old === current ? undefined : html` <strong>changed</strong>`;
    return html`<details><summary><code>${name}</code>${mark}</summary><pre>${markChange(old, current)}</pre></details>`;
  });
  return html`<div class="turn tools"><h4>tools</h4><div>${tools}</div></div>`;
}

function showSettings({settings: before = ''}: Conversation, {settings: after = ''}: Conversation) {
  if (before === '' && after === '') return undefined;
  return html`<div class="turn"><h4>settings</h4><pre>${markChange(before, after)}</pre></div>`;
}

function markChange(before: string, after: string): Markup {
  return markPieces(before === after ? [{kind: 'same', text: after}] : wordDifferences(before, after));
}

function turnText(turn: ShownTurn | undefined): string {
  return turn?.parts.map(partText).join('\n') ?? '';
}

function partText(part: ShownPart): string {
  switch (part.type) {
    case 'text':
    case 'json':
      return part.text;
    case 'media':
      return part.count === 1 ? '[shown above]' : `[${part.count} pages, shown above]`;
  }
}
