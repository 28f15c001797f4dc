/** The stored thumbnail of an image or page. */
export type Thumbnail = {readonly bytes: Uint8Array; readonly mediaType: string};

export type FindThumbnail = (digest: string) => Thumbnail | undefined;
