import type {UpstreamDescription} from './upstream-description.js';
import {unlessAborted} from './watch.js';

/** A description that is asked for when it is first needed, and again once it was forgotten. */
export type RememberedDescription = {
  get(signal?: AbortSignal): Promise<UpstreamDescription>;
  /** After a failure: what is known may be out of date. */
  forget(): void;
  /** After a lost connection: llama-server may have been restarted with another model. */
  doubt(): void;
};

export function rememberDescription(describe: () => Promise<UpstreamDescription>): RememberedDescription {
  let known: Promise<UpstreamDescription> | undefined;
  const forget = () => {
    known = undefined;
  };
  return {
    get(signal) {
      const asked = known ?? describe();
      known = asked;
      // A failure is told to those who wait for it, and not remembered.
      asked.catch(() => {
        if (known === asked) forget();
      });
      return signal ? unlessAborted(asked, signal) : asked;
    },
    forget,
    doubt() {
      const doubted = known;
      // Asking llama-server costs next to nothing. Others are far away, close idle connections often, and refuse unknown models.
      doubted?.then(
        ({isLlamaServer}) => {
          if (isLlamaServer && known === doubted) forget();
        },
        () => {},
      );
    },
  };
}
