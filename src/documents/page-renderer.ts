import type {Render, RenderRequest} from './render.js';

/** One way to render PDFs: poppler's programs, or PDFium. */
export type PageRenderer = {
  /** Looks for it on this machine. The lookup is repeated until it succeeds. */
  find(): Promise<FoundRenderer>;
  /** Renders a document; an abort ends its processes. */
  render(pdf: Uint8Array, request: RenderRequest): Promise<Pick<Render, 'pages' | 'warnings'>>;
};

/** Its name with its version, or why it cannot be used: "there is no pdftoppm on PATH". */
export type FoundRenderer =
  | {readonly isInstalled: true; readonly name: string}
  | {readonly isInstalled: false; readonly reason: string};
