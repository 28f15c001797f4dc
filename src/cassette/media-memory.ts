import type {Page} from '../chat/media.js';

/**
 * Stored facts about attachments: they spare replaying a process or a connection, and give the reviewer pictures. All of them can be
 * computed again from the attachments, so losing some loses no take.
 */
export type MediaMemory = {
  /** All renders of a PDF with these options. */
  renders(pdf: string, options: string): Promise<readonly RememberedRender[]>;
  /** All contents fetched from a URL, by the URL's digest. */
  references(url: string): Promise<readonly RememberedReference[]>;
  /** A small picture of a page, by the digest of its pixels, or of an image, by the digest of its bytes. */
  thumbnail(digest: string): Promise<RememberedMedia | undefined>;
  /** The bytes of an attachment, by their digest. */
  original(sha256: string): Promise<RememberedMedia | undefined>;
  allRenders(): AsyncIterable<RememberedRender>;
  allReferences(): AsyncIterable<RememberedReference>;
  /** Stores facts for an existing take. It never throws: a fact that is not stored is found again. */
  learn(facts: MediaFacts): Promise<void>;
};

/** Digests are sha-256 in hexadecimal. */
export type RememberedRender = {
  /** The digest of the PDF's bytes. */
  readonly pdf: string;
  /** What shaped the pages: see {@link renderOptions}. */
  readonly options: string;
  /** With their texts if the key has them, secrets redacted. */
  readonly pages: readonly Page[];
  /** `pdftoppm 22.12.0`: for the reader, never part of a key. */
  readonly renderer: string;
};

export type RememberedReference = {
  /** The digest of the URL with its secrets redacted. */
  readonly url: string;
  /** The URL with its secrets redacted. */
  readonly shown: string;
  /** The digest of the bytes that it returned. */
  readonly sha256: string;
  readonly mediaType: string;
  /** The content if it is text, secrets redacted. */
  readonly text?: string;
};

export type RememberedMedia = {
  readonly kind: 'thumbnail' | 'original';
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** The size of the page or image that a thumbnail shows. */
  readonly width?: number;
  readonly height?: number;
};

/** Facts about one request's attachments. */
export type MediaFacts = {
  readonly renders: readonly RememberedRender[];
  readonly references: readonly RememberedReference[];
  readonly media: readonly RememberedMedia[];
};

export const noFacts: MediaFacts = {renders: [], references: [], media: []};
