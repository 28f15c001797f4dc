import type {AskedContent, Part, Role, Turn} from './request.js';

/** Splits a message into turns: tool results are turns of their own, wherever the client puts them. */
export function splitByRole(role: Role, parts: readonly Part<AskedContent>[]): readonly Turn<AskedContent>[] {
  const turns: (Turn<AskedContent> & {readonly parts: Part<AskedContent>[]})[] = [];
  for (const part of parts) {
    const partRole = part.type === 'tool-result' ? 'tool' : role;
    const last = turns.at(-1);
    if (last?.role === partRole) last.parts.push(part);
    else turns.push({role: partRole, parts: [part]});
  }
  return turns;
}
