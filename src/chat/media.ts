/** Something that a client attached, as it came: what it is will be read from its bytes. */
export type Attachment = {
  readonly type: 'attachment';
  readonly source:
    | {readonly kind: 'bytes'; readonly bytes: Uint8Array}
    /** Any URI: `data:`, `https:`, `file:`, or a bare path. */
    | {readonly kind: 'reference'; readonly uri: string};
  /** The media type that the client declared. */
  readonly declaredType?: string;
  /** What the API lets stand in this place; absent means anything. */
  readonly accepts?: 'image' | 'document';
  /** Where the client put it, as the client spells it: `contents[0].parts[1].inline_data`. */
  readonly field: string;
};

/** A picture, known by the sha-256 (hexadecimal) of its bytes as the client sent them. */
export type ImagePart = {readonly type: 'image'; readonly sha256: string};

/** A document, known by what its pages look like. */
export type DocumentPart = {
  readonly type: 'document';
  /** What shaped the pages. */
  readonly render: PageRender;
  readonly pages: readonly Page[];
};

/** How pages are rasterised: the long side in pixels, and how many pages a document may have. */
export type PageRender = {readonly pageSize: number; readonly maxPages: number};

/** One page: the digest (hexadecimal) of its pixels, and its text where the model is given that. */
export type Page = {readonly pixels: string; readonly text?: string};

/** How the pages of documents are given to the model. */
export type PagesGiven = 'images' | 'text' | 'both';

/** The bytes behind the digests of a request, made when an upstream is really asked. */
export type MediaReader = {
  readonly pagesGiven: PagesGiven;
  /** A picture as upstreams can read it: PNG, JPEG, GIF or BMP. */
  image(sha256: string): Promise<EncodedImage>;
  /** A page as PNG. */
  page(pixels: string): Promise<EncodedImage>;
};

export type EncodedImage = {readonly bytes: Uint8Array; readonly mediaType: string};
