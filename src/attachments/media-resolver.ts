import type {AttachedMedia, MediaResolver} from '../cassette/media-resolver.js';
import type {Rasterizer} from '../documents/rasterizer.js';
import {readAllowedHosts} from '../media/allowed-hosts.js';
import {createLocalReader} from '../media/read-local-file.js';
import type {Attacher} from './attached-media.js';
import {isLocalReference} from './reference.js';

export type AttachmentOptions = {
  readonly rasterizer: Rasterizer;
  /** Hosts besides the public internet that URLs may name: see `readAllowedHosts`. */
  readonly allowedHosts: readonly string[];
  /** The folders whose files clients may reference. */
  readonly roots: readonly string[];
  /** Whether thumbnails are stored for the reviewer. */
  readonly keepsThumbnails: boolean;
  /** Whether the attached files are stored with the takes. */
  readonly keepsOriginals: boolean;
};

/**
 * Resolves attachments to content. The modules for that are loaded with the first attachment.
 * @throws RetakeError `invalid_setting` if an allowed host is invalid
 */
export function createMediaResolver({allowedHosts, roots, ...rest}: AttachmentOptions): MediaResolver {
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
