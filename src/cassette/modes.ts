/**
 * What a mode does: whether it looks for a take, and what happens on a miss.
 * - `replay`: answers from the cassette alone; a miss is an error. Never writes.
 * - `auto`: replays recorded answers, and asks the upstream and records on a miss.
 * - `record`: always asks the upstream; its answers replace the takes of each key that is requested in this session.
 * - `passthrough`: always asks the upstream and records nothing.
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
