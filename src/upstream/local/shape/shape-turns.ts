import type {Part, Turn} from '../../../chat/request.js';

export type TemplateLimits = {
  /** The chat template rejects anything but user, assistant, user, … after the system text. */
  readonly alternatesRoles: boolean;
  readonly supportsSystemRole: boolean;
  /** The template has a role for tool results. */
  readonly supportsTools: boolean;
};

/**
 * Arranges turns in an order that the upstream's chat template accepts, without losing content. A template without limits gets the turns
 * almost unchanged. Gemma's template raises an exception for two turns of one role, for an assistant turn before any user turn, and for
 * roles other than user and assistant after the system text.
 */
export function shapeTurns(turns: readonly Turn[], limits: TemplateLimits): readonly Turn[] {
  const {alternatesRoles, supportsSystemRole, supportsTools} = limits;
  const withTools = turns.map(turn =>
    asUserIf(turn.role === 'tool' && !(supportsTools && hasResult(turn)), turn),
  );
  const placed = alternatesRoles ? withSystemOnlyFirst(withTools) : withTools;
  const shaped = placed.map(turn => asUserIf(turn.role === 'system' && !supportsSystemRole, turn));
  return alternatesRoles ? alternate(shaped) : withOneLastAnswer(shaped);
}

/** Merges the system turns at the beginning; later ones become user turns. */
function withSystemOnlyFirst(turns: readonly Turn[]): readonly Turn[] {
  const first = turns.findIndex(turn => turn.role !== 'system');
  // The template puts the system text into the first user turn; without one it would be lost.
  if (first === -1) return turns.map(turn => asUserIf(true, turn));
  const later = turns.slice(first).map(turn => asUserIf(turn.role === 'system', turn));
  return [...mergeNeighbours(turns.slice(0, first)), ...later];
}

function alternate(turns: readonly Turn[]): readonly Turn[] {
  const merged = mergeNeighbours(turns);
  const first = merged.findIndex(turn => turn.role !== 'system');
  if (merged[first]?.role !== 'assistant') return merged;
  const empty: Turn = {role: 'user', parts: [{type: 'text', text: ''}]};
  return [...merged.slice(0, first), empty, ...merged.slice(first)];
}

/** llama-server continues an assistant turn that comes last, but rejects two. */
function withOneLastAnswer(turns: readonly Turn[]): readonly Turn[] {
  const start = turns.findLastIndex(turn => turn.role !== 'assistant') + 1;
  return [...turns.slice(0, start), ...mergeNeighbours(turns.slice(start))];
}

function mergeNeighbours(turns: readonly Turn[]): readonly Turn[] {
  const merged: Turn[] = [];
  for (const turn of turns) {
    const last = merged.at(-1);
    if (last?.role === turn.role) merged[merged.length - 1] = merge(last, turn);
    else merged.push(turn);
  }
  return merged;
}

const blankLine: Part = {type: 'text', text: '\n\n'};

/** Both turns as one, which keeps the name if both have the same. */
function merge({role, name, parts}: Turn, next: Turn): Turn {
  const merged = {role, parts: [...parts, blankLine, ...next.parts]};
  return name !== undefined && name === next.name ? {...merged, name} : merged;
}

function hasResult({parts}: Turn): boolean {
  return parts.some(part => part.type === 'tool-result');
}

function asUserIf(condition: boolean, turn: Turn): Turn {
  return condition ? {...turn, role: 'user'} : turn;
}
