import type {Attachment, MediaReader} from '../chat/media.js';
import type {Content} from '../chat/request.js';
import type {DocumentSettings} from './key/key-settings.js';
import type {MediaFacts, MediaMemory} from './media-memory.js';
import type {modes} from './modes.js';

/** Identifies attachments. The cassette depends on neither PDF nor network: the implementation does. */
export type MediaResolver = (attachments: readonly Attachment[], options: ResolveOptions) => AttachedMedia;

export type ResolveOptions = {
  readonly memory: MediaMemory;
  readonly settings: DocumentSettings;
  /** Redacts secrets in texts for the memory; texts that belong together are given together. */
  readonly conceal: (texts: readonly string[]) => readonly string[];
  /** Also masks ignored values of a URL, such as a signature that changes with every run. */
  readonly mask: (url: string) => string;
  readonly signal: AbortSignal;
};

/** The attachments of one request. */
export type AttachedMedia = {
  /** Whether there are none. */
  readonly isEmpty: boolean;
  /** Whether some are local files, whose contents may change. */
  readonly mayChange: boolean;
  /**
   * The contents of each attachment, in their order, from its bytes and the memory alone: no process is started and no connection opened.
   * There are several if a document was rendered differently, and none if it is unknown.
   * @throws RetakeError `invalid_request` or `not_supported`, naming the field
   */
  recall(): Promise<readonly (readonly Content[])[]>;
  /**
   * The contents as they are now. For `fail`, which explains a miss, nothing is fetched and nothing that the memory has is inspected
   * again. `forward` prepares a request to the upstream, `record` also what is stored.
   * @throws RetakeError as `recall` does, and `rasterizer_missing`
   */
  inspect(purpose: (typeof modes)[keyof typeof modes]['onMiss']): Promise<Inspection>;
};

export type Inspection = {
  /** The content for the model in place of each attachment. */
  readonly given: readonly Content[];
  /** The same as used for keys: secrets redacted. */
  readonly known: readonly Content[];
  /** Why some could not be identified, a sentence each. The stand-ins in `known` must not be used for a key. */
  readonly unknown: readonly string[];
  /** Facts to store. */
  readonly facts: MediaFacts;
  /** Possible defects of the contents for the model, a sentence each. */
  readonly warnings: readonly string[];
  /** The bytes, until the signal aborts. */
  reader(signal: AbortSignal): MediaReader;
};
