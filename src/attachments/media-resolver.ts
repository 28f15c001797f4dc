import type {AttachedMedia, MediaResolver} from '../cassette/media-resolver.js';
import type {Rasterizer} from '../documents/rasterizer.js';
import {readAllowedHosts} from '../media/allowed-hosts.js';
import {createLocalReader} from '../media/read-local-file.js';
import type {Attacher} from './attached-media.js';
import {isLocalReference} from './reference.js';

export type ContentOptions = {
  readonly rasterizer: Rasterizer;
  /** Hosts that may be fetched from besides the public internet: see `readAllowedHosts`. */
  readonly allowedHosts: readonly string[];
  /** Folders whose files clients may name. */
  readonly roots: readonly string[];
  /** Whether small pictures are kept for the reviewer. */
  readonly keepsThumbnails: boolean;
  /** Whether what clients attached is kept with the takes. */
  readonly keepsOriginals: boolean;
};

/**
 * Tells what each attachment is, by what is known of bytes, of references and of documents. What that takes is loaded with the first
 * attachment.
 * @throws RetakeError `invalid_setting` when a host is written in a way that is none
 */
export function createMediaResolver({allowedHosts, roots, ...rest}: ContentOptions): MediaResolver {
  const isAllowed = readAllowedHosts(allowedHosts);
  const readLocal = createLocalReader({roots});
  let loading: Promise<Attacher> | undefined;
  const load = () => {
    loading ??= import('./attached-media.js').then(({createAttacher}) =>
      createAttacher({...rest, allowedHosts, isAllowed, readLocal}),
    );
    return loading;
  };
  return (attachments, options): AttachedMedia => {
    const isEmpty = attachments.length === 0;
    let opening: Promise<ReturnType<Attacher>> | undefined;
    const open = () => {
      opening ??= load().then(attach => attach(attachments, options));
      return opening;
    };
    return {
      isEmpty,
      mayChange: attachments.some(isLocalReference),
      recall: async () => (isEmpty ? [] : (await open()).recall()),
      inspect: async purpose => (await open()).inspect(purpose),
    };
  };
}
