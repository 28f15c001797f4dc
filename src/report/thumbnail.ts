/** A small picture of an image or page, as the cassette keeps it. */
export type Thumbnail = {readonly bytes: Uint8Array; readonly mediaType: string};

export type FindThumbnail = (digest: string) => Thumbnail | undefined;
