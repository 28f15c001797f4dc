import type {DocumentSettings} from '../cassette/key/key-settings.js';
import type {PageRender} from '../chat/media.js';

/** The options that determine the pages of a render, as a text that identifies them. */
export function renderOptions(settings: DocumentSettings): string {
  return JSON.stringify({...renderOf(settings), text: hasTexts(settings)});
}

export function renderOf({maxPages, pageSize}: DocumentSettings): PageRender {
  return {maxPages, pageSize};
}

/** Whether the text of pages is part of the content. */
export function hasTexts({pages}: DocumentSettings): boolean {
  return pages !== 'images';
}
