import {type Static, Type} from '@sinclair/typebox';

/** Leaves a volatile value out of matching: a place in the request, or the matches of a regular expression in its texts. */
export const IgnoreRule = Type.Union([
  Type.Object(
    {
      pointer: Type.String({
        pattern: '^(/.*)?$',
        description: 'A JSON pointer (RFC 6901) into the matching view',
      }),
    },
    {additionalProperties: false},
  ),
  Type.Object(
    {pattern: Type.String({minLength: 1, description: 'A regular expression (JavaScript, flags gu)'})},
    {additionalProperties: false},
  ),
]);
export type IgnoreRule = Static<typeof IgnoreRule>;

/** Replaces secrets in requests before they are hashed or stored, and in recorded answers, by `<redacted:NAME:1>`. */
export const RedactRule = Type.Object(
  {
    name: Type.String({pattern: '^[a-z0-9-]+$', description: 'Stands in the placeholder'}),
    pattern: Type.String({minLength: 1, description: 'A regular expression (JavaScript, flags gu)'}),
  },
  {additionalProperties: false},
);
export type RedactRule = Static<typeof RedactRule>;

const documentSettings = {
  pages: Type.Union([Type.Literal('images'), Type.Literal('text'), Type.Literal('both')], {
    description: 'What the model is given of a PDF: pictures of its pages, their text, or both',
  }),
  pageSize: Type.Integer({minimum: 16, maximum: 4096, description: "Pixels of a page's long side"}),
  maxPages: Type.Integer({minimum: 1, maximum: 1000, description: 'Pages that a PDF may have'}),
};

/** How documents are rendered to pages. A cassette stores this with its first document. */
export const DocumentSettings = Type.Object(documentSettings, {additionalProperties: false});
export type DocumentSettings = Static<typeof DocumentSettings>;

/** The settings that shape keys. A cassette stores those it was created with, so that replaying needs no flags. */
export const KeySettings = Type.Object(
  {
    forwardModel: Type.Boolean({
      description: "The client's model name is sent to the upstream, and is part of the key",
    }),
    ignore: Type.Array(IgnoreRule),
    redact: Type.Array(RedactRule, {description: 'Rules besides the built-in ones'}),
    ...documentSettings,
  },
  {additionalProperties: false},
);
export type KeySettings = Static<typeof KeySettings>;

export const defaultKeySettings: KeySettings = {
  forwardModel: false,
  ignore: [],
  redact: [],
  pages: 'images',
  // The input size of Gemma 3's vision encoder.
  pageSize: 896,
  maxPages: 100,
};

export function documentSettingsOf({pages, pageSize, maxPages}: DocumentSettings): DocumentSettings {
  return {pages, pageSize, maxPages};
}
