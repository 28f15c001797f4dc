import {constants} from 'node:os';

const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type EndingSignal = (typeof endingSignals)[number];

/** Calls back for every signal that asks the process to end. The function it returns stops listening. */
export function onEndingSignals(listen: (signal: EndingSignal) => void): () => void {
  for (const signal of endingSignals) process.on(signal, listen);
  return () => {
    for (const signal of endingSignals) process.off(signal, listen);
  };
}

/** What a shell makes of a process that a signal ended. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
