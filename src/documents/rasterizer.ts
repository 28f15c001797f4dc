import type {Rasterizer, RasterizerOptions} from './render.js';

export type {
  Keep,
  Picture,
  Rasterizer,
  RasterizerOptions,
  Render,
  RenderedPage,
  RenderOptions,
  RenderRequest,
} from './render.js';

/** A rasterizer that loads what it needs with the first PDF: starting, and replaying what is known, do not pay for it. */
export function createRasterizer(options: RasterizerOptions): Rasterizer {
  let loading: Promise<Rasterizer> | undefined;
  const load = () => {
    loading ??= import('./poppler-rasterizer.js').then(({popplerRasterizer}) => popplerRasterizer(options));
    return loading;
  };
  return {
    async rasterize(pdf, request) {
      return (await load()).rasterize(pdf, request);
    },
    async renderer() {
      return (await load()).renderer();
    },
  };
}
