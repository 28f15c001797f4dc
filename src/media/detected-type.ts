export type ImageType =
  | 'image/png'
  | 'image/jpeg'
  | 'image/gif'
  | 'image/bmp'
  | 'image/webp'
  | 'image/avif'
  | 'image/tiff';

/** The detected type of bytes. */
export type DetectedType =
  | {readonly kind: 'image'; readonly mediaType: ImageType}
  | {readonly kind: 'pdf'}
  | {readonly kind: 'text'}
  | {readonly kind: 'audio' | 'video' | 'heic' | 'svg' | 'other'; readonly mediaType?: string | undefined};
