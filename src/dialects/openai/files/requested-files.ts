import type {Attachment} from '../../../chat/media.js';
import type {FileStore} from './file-store.js';

/** The uploaded files that one request references. */
export type RequestedFiles = {
  attach(id: string, at: Pick<Attachment, 'accepts' | 'field'>): Attachment;
  /** Whether the request references any, so that its meaning depends on the store. */
  readonly wereUsed: boolean;
};

export function requestedFiles(files: FileStore): RequestedFiles {
  let wereUsed = false;
  return {
    attach(id, at) {
      wereUsed = true;
      const {bytes, mediaType} = files.get(id, at.field);
      return {
        type: 'attachment',
        source: {kind: 'bytes', bytes},
        ...(mediaType !== undefined && {declaredType: mediaType}),
        ...at,
      };
    },
    get wereUsed() {
      return wereUsed;
    },
  };
}
