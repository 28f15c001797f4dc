/**
 * What a mode does: whether it looks for a take, and what happens when there is none.
 * - `replay`: answers from the cassette alone; an unknown request fails with a miss. Never writes.
 * - `auto`: answers what is known; asks the upstream for the rest and records it.
 * - `record`: asks the upstream for everything; what it says replaces the takes of each key that is asked in this session.
 * - `passthrough`: asks the upstream for everything and keeps nothing.
 */
export const modes = {
  replay: {looksUp: true, onMiss: 'fail'},
  auto: {looksUp: true, onMiss: 'record'},
  record: {looksUp: false, onMiss: 'record'},
  passthrough: {looksUp: false, onMiss: 'forward'},
} as const satisfies Record<string, {looksUp: boolean; onMiss: 'fail' | 'record' | 'forward'}>;

export type Mode = keyof typeof modes;

export function isMode(name: string): name is Mode {
  return Object.hasOwn(modes, name);
}
