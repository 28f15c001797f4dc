import type {AnswerFormat} from '../dialects/dialect.js';

/** What a client is sent while the model is silent, so that neither it nor a proxy before it gives up. */
export type KeepAlive = {
  /** Milliseconds of silence. */
  readonly interval: number;
  /** A whole event, or a comment. */
  readonly event: string;
};

const comment = ': keep-alive\n\n';

/** Seconds for APIs that have events for it. */
const defaultSeconds = 15;

/** Absent for an answer that is no stream, and if it is off: the setting is in seconds, and 0 turns it off. */
export function keepAliveOf(
  answer: AnswerFormat | undefined,
  seconds: number | undefined,
): KeepAlive | undefined {
  if (answer?.delivery !== 'stream') return undefined;
  const {keepAliveEvent} = answer;
  const given = seconds ?? (keepAliveEvent === undefined ? 0 : defaultSeconds);
  return given > 0 ? {interval: given * 1000, event: keepAliveEvent ?? comment} : undefined;
}

/** The same items. `onSilence` is called each time that nothing has come for as long as the interval, and never while an item is handled. */
export function noticeSilence<Item>(
  items: AsyncIterator<Item>,
  interval: number,
  onSilence: () => void,
): AsyncIterator<Item> {
  let isWaiting = false;
  const timer = setTimeout(() => {
    if (isWaiting) onSilence();
    timer.refresh();
  }, interval);
  const stop = () => clearTimeout(timer);
  return {
    async next() {
      isWaiting = true;
      timer.refresh();
      try {
        const next = await items.next();
        if (next.done) stop();
        return next;
      } catch (error) {
        stop();
        throw error;
      } finally {
        isWaiting = false;
      }
    },
    async return(value?: unknown) {
      stop();
      return (await items.return?.(value)) ?? {done: true, value: undefined};
    },
  };
}
