import {constants} from 'node:os';

const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type EndingSignal = (typeof endingSignals)[number];

/** Listens to the signals that end a process. The returned function stops that. */
export function onEndingSignals(listen: (signal: EndingSignal) => void): () => void {
  for (const signal of endingSignals) process.on(signal, listen);
  return () => {
    for (const signal of endingSignals) process.off(signal, listen);
  };
}

/** The exit code in a shell after a signal. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
