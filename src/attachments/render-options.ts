import type {DocumentSettings} from '../cassette/key/key-settings.js';
import type {PageRender} from '../chat/media.js';

/** Names everything that shapes the pages of a render, their texts included. */
export function renderOptions(settings: DocumentSettings): string {
  return JSON.stringify({...renderOf(settings), text: hasTexts(settings)});
}

export function renderOf({maxPages, pageSize}: DocumentSettings): PageRender {
  return {maxPages, pageSize};
}

/** Whether pages are known by their texts, too. */
export function hasTexts({pages}: DocumentSettings): boolean {
  return pages !== 'images';
}
