import type {Rasterizer, RasterizerOptions} from './render.js';

export type {
  Keep,
  Rasterizer,
  RasterizerOptions,
  Render,
  RenderedPage,
  RenderOptions,
  RenderRequest,
} from './render.js';

/** A rasterizer that loads its modules with the first PDF, so that a start and a replay do not wait for them. */
export function createRasterizer(options: RasterizerOptions): Rasterizer {
  let loading: Promise<Rasterizer> | undefined;
  const load = () => {
    loading ??= import('./choose-renderer.js').then(({chooseRenderer}) => chooseRenderer(options));
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
