import type {Part, Turn} from '../../../chat/request.js';

export type TemplateDemands = {
  /** The chat template refuses anything but user, assistant, user, … after the system text. */
  readonly alternatesRoles: boolean;
  readonly supportsSystemRole: boolean;
  /** Results of tools have a role of their own. */
  readonly supportsTools: boolean;
};

/**
 * Turns in an order that the upstream's chat template accepts, with nothing said lost. A template without demands gets the turns
 * nearly as they are. Gemma's template raises an exception for two turns of one role, for an answer that nobody asked for, and for
 * every role but user and assistant after the system text.
 */
export function shapeTurns(turns: readonly Turn[], demands: TemplateDemands): readonly Turn[] {
  const {alternatesRoles, supportsSystemRole, supportsTools} = demands;
  const spoken = turns.map(turn =>
    asUserIf(turn.role === 'tool' && !(supportsTools && hasResult(turn)), turn),
  );
  const placed = alternatesRoles ? withSystemOnlyFirst(spoken) : spoken;
  const told = placed.map(turn => asUserIf(turn.role === 'system' && !supportsSystemRole, turn));
  return alternatesRoles ? alternate(told) : withOneLastAnswer(told);
}

/** The system turns at the beginning as one; a later one is told as the user's. */
function withSystemOnlyFirst(turns: readonly Turn[]): readonly Turn[] {
  const first = turns.findIndex(turn => turn.role !== 'system');
  // A template puts the system text into the first turn of the user; where there is none, it would vanish.
  if (first === -1) return turns.map(turn => asUserIf(true, turn));
  const later = turns.slice(first).map(turn => asUserIf(turn.role === 'system', turn));
  return [...mergeNeighbours(turns.slice(0, first)), ...later];
}

function alternate(turns: readonly Turn[]): readonly Turn[] {
  const merged = mergeNeighbours(turns);
  const first = merged.findIndex(turn => turn.role !== 'system');
  if (merged[first]?.role !== 'assistant') return merged;
  const nobody: Turn = {role: 'user', parts: [{type: 'text', text: ''}]};
  return [...merged.slice(0, first), nobody, ...merged.slice(first)];
}

/** llama-server continues an answer that comes last, but refuses two. */
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

/** Both turns as one; it has a name if both have the same. */
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
