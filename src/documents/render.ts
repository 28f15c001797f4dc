import type {Thumbnail} from '../media/encode-thumbnail.js';

/** The options that determine a page's pixels; part of the key. */
export type RenderOptions = {
  /** The length of a page's long side, in pixels. */
  readonly pageSize: number;
  /** A document with more pages is rejected. */
  readonly maxPages: number;
};

/** What to return for each page besides its digest. */
export type Keep = {readonly png?: boolean; readonly thumbnail?: boolean; readonly text?: boolean};

export type RenderRequest = RenderOptions & {readonly keep: Keep; readonly signal: AbortSignal};

/** One rasterized page. */
export type RenderedPage = {
  /** SHA-256, in hex, of `rgb8 W H\n` and the RGB pixels: the bytes of a compressed image depend on its encoder. */
  readonly digest: string;
  readonly width: number;
  readonly height: number;
  /** Only with `keep.png`. */
  readonly png?: Uint8Array | undefined;
  /** Only with `keep.thumbnail`. */
  readonly thumbnail?: Thumbnail | undefined;
  /** Only with `keep.text`: the text of this page, from poppler as `pdftotext -layout` writes it. */
  readonly text?: string;
};

export type Render = {
  readonly pages: readonly RenderedPage[];
  /** `pdftoppm 22.12.0` or `pdfium 2.15.1` */
  readonly renderer: string;
  /** Sentences about possible defects of the pages, for instance a missing font. */
  readonly warnings: readonly string[];
};

export type Rasterizer = {
  /**
   * Renders the pages of a PDF. Concurrent calls for the same PDF share one rendering.
   * @throws RetakeError `invalid_request` if the bytes are not a PDF that can be rendered within the limits; `rasterizer_missing`
   */
  rasterize(pdf: Uint8Array, request: RenderRequest): Promise<Render>;
  /** The renderer that is used; undefined if none is installed. The lookup is repeated until it succeeds. */
  renderer(): Promise<string | undefined>;
};

export type RasterizerOptions = {
  /** What renders PDFs. Default `auto`: poppler's pdftoppm if it is on the PATH, else PDFium. */
  readonly use?: 'auto' | 'pdftoppm' | 'pdfium' | undefined;
  /** The PATH on which poppler's programs are looked up. */
  readonly path: string;
  /** How long one program may run, in milliseconds. */
  readonly timeout?: number | undefined;
  /** How many programs run in parallel; at least 2, so that a slow document does not block the others. */
  readonly processes?: number;
  /** Added to the environment of the programs. */
  readonly environment?: Readonly<Record<string, string>>;
};
