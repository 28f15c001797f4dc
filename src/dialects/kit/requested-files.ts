import type {Attachment} from '../../chat/media.js';

/** The uploaded files that one request references. */
export type RequestedFiles = {
  attach(id: string, at: Pick<Attachment, 'accepts' | 'field'>): Attachment;
  /** Whether the request references any, so that its meaning depends on the store. */
  readonly wereUsed: boolean;
};

/** Where uploaded files are. */
export type UploadedFiles = {
  /** @throws RetakeError in the real API's words; `field` is the field with the id */
  get(id: string, field?: string): {readonly bytes: Uint8Array; readonly mediaType: string | undefined};
};

export function requestedFiles(files: UploadedFiles): RequestedFiles {
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
