import {RetakeError} from '../../../errors.js';
import {newSeeds} from '../../kit/new-seeds.js';
import {ExpiringStore, type Kept, type StoreOptions} from '../expiring-store.js';
import type {FileMetadata} from './schema.js';

/** An unfinished upload. */
export type OpenUpload = Kept & {
  readonly metadata: FileMetadata;
  /** The size that the client announced. */
  readonly announced: number | undefined;
  readonly pieces: readonly Uint8Array[];
};

/** Maximum time between two requests of one upload, in milliseconds. */
const uploadTimeoutMs = 60 * 60 * 1000;

export type OpenUploads = {
  begin(metadata: FileMetadata, announced: number | undefined): OpenUpload;
  /** @throws RetakeError `not_found` */
  find(id: string): OpenUpload;
  append(upload: OpenUpload, piece: Uint8Array): OpenUpload;
  end(upload: OpenUpload): void;
};

/** The unfinished uploads, numbered in the order in which they began. */
export function createOpenUploads(options: Omit<StoreOptions, 'noun'>): OpenUploads {
  const {now, objects} = options;
  const uploads = new ExpiringStore<OpenUpload>({...options, noun: 'unfinished uploads'});
  const newSeed = newSeeds({objects});
  const keep = (upload: Omit<OpenUpload, 'expiresAt'>): OpenUpload => {
    const kept = {...upload, expiresAt: now() + uploadTimeoutMs};
    uploads.put(kept);
    return kept;
  };
  return {
    begin: (metadata, announced) =>
      keep({id: `upload-${newSeed()}`, size: 0, metadata, announced, pieces: []}),
    find(id) {
      const upload = uploads.get(id);
      if (upload) return upload;
      throw new RetakeError('not_found', `No upload ${JSON.stringify(id)} is under way`);
    },
    append: (upload, piece) =>
      keep({...upload, size: upload.size + piece.length, pieces: [...upload.pieces, piece]}),
    end: ({id}) => uploads.delete(id),
  };
}
