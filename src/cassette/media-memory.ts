import type {Page} from '../chat/media.js';

/**
 * What a cassette remembers of what clients attached: facts that spare replaying a process or a connection, and pictures for the
 * reviewer. Everything in it can be found out again from the attachments themselves, so losing some of it loses no take.
 */
export type MediaMemory = {
  /** Every way in which a PDF was rendered with these options. */
  renders(pdf: string, options: string): Promise<readonly RememberedRender[]>;
  /** Everything that a URL led to, by the digest of the URL. */
  references(url: string): Promise<readonly RememberedReference[]>;
  /** A small picture of a page, by the digest of its pixels, or of an image, by that of its bytes. */
  thumbnail(digest: string): Promise<RememberedMedia | undefined>;
  /** What a client sent, by the digest of its bytes. */
  original(sha256: string): Promise<RememberedMedia | undefined>;
  allRenders(): AsyncIterable<RememberedRender>;
  allReferences(): AsyncIterable<RememberedReference>;
  /** Keeps what was found out for a take that is there already. It never fails: what is not kept is found out again. */
  learn(facts: MediaFacts): Promise<void>;
};

/** Digests are sha-256 in hexadecimal. */
export type RememberedRender = {
  /** The digest of the PDF's bytes. */
  readonly pdf: string;
  /** What shaped the pages: see {@link renderOptions}. */
  readonly options: string;
  /** With their texts where the key has them, secrets concealed. */
  readonly pages: readonly Page[];
  /** `pdftoppm 22.12.0`: for the reader, never part of a key. */
  readonly renderer: string;
};

export type RememberedReference = {
  /** The digest of the URL with its secrets concealed. */
  readonly url: string;
  /** The URL as the reader may see it. */
  readonly shown: string;
  /** The digest of the bytes that it led to. */
  readonly sha256: string;
  readonly mediaType: string;
  /** The text of what is a text, secrets concealed. */
  readonly text?: string;
};

export type RememberedMedia = {
  readonly kind: 'thumbnail' | 'original';
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** Of the page or image that a thumbnail shows. */
  readonly width?: number;
  readonly height?: number;
};

/** What was found out of one request's attachments. */
export type MediaFacts = {
  readonly renders: readonly RememberedRender[];
  readonly references: readonly RememberedReference[];
  readonly media: readonly RememberedMedia[];
};

export const noFacts: MediaFacts = {renders: [], references: [], media: []};
