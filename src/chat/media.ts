/** An attachment as the client sent it; its bytes will show what it is. */
export type Attachment = {
  readonly type: 'attachment';
  readonly source:
    | {readonly kind: 'bytes'; readonly bytes: Uint8Array}
    /** Any URI: `data:`, `https:`, `file:`, or a bare path. */
    | {readonly kind: 'reference'; readonly uri: string};
  /** The media type that the client declared. */
  readonly declaredType?: string;
  /** The kinds of attachment that the API accepts here. Default: all. */
  readonly accepts?: 'image' | 'document';
  /** Its place in the request body, as the client spells it: `contents[0].parts[1].inline_data`. */
  readonly field: string;
};

/** An image, identified by the sha-256 (hexadecimal) of the bytes that the client sent. */
export type ImagePart = {readonly type: 'image'; readonly sha256: string};

/** A document, identified by the pixels of its pages. */
export type DocumentPart = {
  readonly type: 'document';
  /** The rasterization settings of the pages. */
  readonly render: PageRender;
  readonly pages: readonly Page[];
};

/** How pages are rasterised: the long side in pixels, and how many pages a document may have. */
export type PageRender = {readonly pageSize: number; readonly maxPages: number};

/** One page: the digest (hexadecimal) of its pixels, and its text if the model gets that. */
export type Page = {readonly pixels: string; readonly text?: string};

/** How the model gets the pages of documents. */
export type PagesGiven = 'images' | 'text' | 'both';

/** The bytes for the digests of a request, rendered only if an upstream is asked. */
export type MediaReader = {
  readonly pagesGiven: PagesGiven;
  /** An image in a format that upstreams read: PNG, JPEG, GIF or BMP. */
  image(sha256: string): Promise<EncodedImage>;
  /** A page as PNG. */
  page(pixels: string): Promise<EncodedImage>;
};

export type EncodedImage = {readonly bytes: Uint8Array; readonly mediaType: string};
