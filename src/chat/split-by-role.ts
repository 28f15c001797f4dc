import type {AskedContent, Part, Role, Turn} from './request.js';

/** The turns that a message stands for: results of tools are turns of their own, wherever in a message a client puts them. */
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
