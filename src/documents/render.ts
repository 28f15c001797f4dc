/** What shapes a page's pixels; part of the key. */
export type RenderOptions = {
  /** Pixels of a page's long side. */
  readonly pageSize: number;
  /** A document with more is refused. */
  readonly maxPages: number;
};

/** What is wanted of each page besides its digest. Only what is named is made. */
export type Keep = {readonly png?: boolean; readonly thumbnail?: boolean; readonly text?: boolean};

export type RenderRequest = RenderOptions & {readonly keep: Keep; readonly signal: AbortSignal};

export type Picture = {readonly bytes: Uint8Array; readonly mediaType: string};

/** One page as it was rasterised. */
export type RenderedPage = {
  /** SHA-256, in hex, of `rgb8 W H\n` and the RGB pixels: never of a compressed picture, whose bytes depend on the compressor. */
  readonly digest: string;
  readonly width: number;
  readonly height: number;
  /** Only with `keep.png`. */
  readonly png?: Uint8Array;
  /** Only with `keep.thumbnail`: small, for the reviewer. */
  readonly thumbnail?: Picture;
  /** Only with `keep.text`: what `pdftotext -layout` finds on this page. */
  readonly text?: string;
};

export type Render = {
  readonly pages: readonly RenderedPage[];
  /** `pdftoppm 22.12.0` */
  readonly renderer: string;
  /** Sentences on what may be wrong with the pages, for instance that a font is missing. */
  readonly warnings: readonly string[];
};

export type Rasterizer = {
  /**
   * Turns a PDF into its pages. The same PDF asked for while it is being rasterised is rasterised once.
   * @throws RetakeError `invalid_request` when it is no PDF that can be rendered within the limits; `poppler_missing`
   */
  rasterize(pdf: Uint8Array, request: RenderRequest): Promise<Render>;
  /** What is installed here; undefined when there is no pdftoppm of poppler's. Asked again only until there is one. */
  renderer(): Promise<string | undefined>;
};

export type RasterizerOptions = {
  /** A PATH to find poppler's programs in. */
  readonly path: string;
  /** Milliseconds that one program may take for a document, from when it was started. */
  readonly timeout?: number;
  /** How many programs run at the same time. One more than a single one, so that a slow document does not stop all others. */
  readonly processes?: number;
  /** Added to the environment of the programs. */
  readonly environment?: Readonly<Record<string, string>>;
};
