import type {Change} from '../../cassette/compare/change.js';
import type {MediaItem} from '../../cassette/compare/media-changes.js';
import type {FindThumbnail, Thumbnail} from '../thumbnail.js';
import {attribute, html, Markup} from './markup.js';

/** The attachments of a request: once, or both versions if they changed. */
export function showMedia(change: Change, thumbnail: FindThumbnail): Markup {
  const before = change.verdict === 'added' ? [] : change.before.media;
  const after = change.verdict === 'removed' ? [] : change.after.media;
  const row = (title: string, items: readonly MediaItem[]) => showMediaRow(title, items, thumbnail);
  if (![...before, ...after].some(({isChanged}) => isChanged)) {
    return html`${row('shown', after.length > 0 ? after : before)}`;
  }
  return html`<div class="sides">${row('was shown', before)}${row('is shown', after)}</div>`;
}

/** Images and pages below a title; undefined if there are none. */
export function showMediaRow(
  title: string,
  items: readonly MediaItem[],
  thumbnail: FindThumbnail,
): Markup | undefined {
  if (items.length === 0) return undefined;
  return html`<div class="media"><h4>${title}</h4>${items.map(item => showItem(item, thumbnail))}</div>`;
}

function showItem(item: MediaItem, thumbnail: FindThumbnail): Markup {
  const {name, isChanged, digest} = item;
  const picture = pictureOf(thumbnail(digest));
  const shown = picture
    ? html`<img src="${picture}" alt="${attribute(name)}" loading="lazy">`
    : html`<div class="blank">${digest.slice(0, 12)}</div>`;
  const mark = isChanged ? html` <strong>changed</strong>` : undefined;
  return html`<figure class="${isChanged ? 'changed' : 'kept'}">${shown}<figcaption>${name}${mark}</figcaption></figure>`;
}

/** Formats that contain only pixels. Other images are not shown. */
const pictureTypes = new Set(['image/png', 'image/jpeg', 'image/webp']);

function pictureOf(thumbnail: Thumbnail | undefined): Markup | undefined {
  if (!thumbnail || !pictureTypes.has(thumbnail.mediaType)) return undefined;
  const bytes = Buffer.from(thumbnail.bytes).toString('base64');
  return new Markup(`data:${thumbnail.mediaType};base64,${bytes}`);
}
