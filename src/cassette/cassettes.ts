import type {SharedObjects} from '../chat/shared-objects.js';
import type {Cassette, CloseOptions} from './cassette.js';

/** The cassettes that requests can name. */
export interface Cassettes {
  /**
   * The cassette with a name, opened at the first call; without a name the default one.
   * @throws RetakeError `invalid_request` when the name is invalid; `no_cassette` when there is only one cassette and it has another name,
   * or when cassettes must exist and none has this name
   */
  get(name?: string): Promise<Cassette>;
  /** The sorted names of all cassettes, those that are open and not stored yet included. */
  names(): Promise<string[]>;
  /** Objects of clients that the processes using these cassettes share. Absent: each process has its own, in memory. */
  readonly objects?: SharedObjects | undefined;
  /** Closes all; when one fails, the others are closed before its error is thrown. */
  close(options?: CloseOptions): Promise<void>;
}
