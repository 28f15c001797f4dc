import type {Attachment, MediaReader} from '../chat/media.js';
import type {Content} from '../chat/request.js';
import type {DocumentSettings} from './key/key-settings.js';
import type {MediaFacts, MediaMemory} from './media-memory.js';
import type {modes} from './modes.js';

/** Tells what clients attached. The cassette knows neither PDF nor network: who implements this does. */
export type MediaResolver = (attachments: readonly Attachment[], options: ResolveOptions) => AttachedMedia;

export type ResolveOptions = {
  readonly memory: MediaMemory;
  readonly settings: DocumentSettings;
  /** Replaces secrets in texts that the memory is to keep; texts that belong together are given together. */
  readonly conceal: (texts: readonly string[]) => readonly string[];
  /** Masks of a URL what means nothing, too: a signature that every run makes anew. */
  readonly mask: (url: string) => string;
  readonly signal: AbortSignal;
};

/** The attachments of one request. */
export type AttachedMedia = {
  /** Whether nothing was attached. */
  readonly isEmpty: boolean;
  /** Whether some stand in files of this machine, which may have other contents the next time. */
  readonly mayChange: boolean;
  /**
   * The contents of each attachment, in their order, by its bytes and the memory alone: no process is started and no connection opened.
   * There are several where a document was rendered differently, and none where it is not known.
   * @throws RetakeError `invalid_request` or `not_supported`, naming the field
   */
  recall(): Promise<readonly (readonly Content[])[]>;
  /**
   * What the attachments are when they are looked at here and now. `fail` explains why there is no take: nothing is fetched, what the
   * memory knows is not looked at again. `forward` prepares a question to the upstream, `record` also what is kept of it.
   * @throws RetakeError as `recall` does, and `poppler_missing`
   */
  inspect(purpose: (typeof modes)[keyof typeof modes]['onMiss']): Promise<Inspection>;
};

export type Inspection = {
  /** What the model is given in the place of each attachment. */
  readonly given: readonly Content[];
  /** The same as keys are made of it: secrets concealed. */
  readonly known: readonly Content[];
  /** Why some could not be looked at, a sentence each. What stands for them in `known` is the key of nothing. */
  readonly unknown: readonly string[];
  /** What is worth remembering. */
  readonly facts: MediaFacts;
  /** What may be wrong with what the model is given, a sentence each. */
  readonly warnings: readonly string[];
  /** The bytes, as long as the signal is not aborted. */
  reader(signal: AbortSignal): MediaReader;
};
